#!/bin/sh
# fault: migrate_to leaves the emulator of the guest that has moved away
# base: qemu
# change: /"$word" = here/a exit
# caught by: migrate::whole::tcp, migrate::monitor-when-completed
