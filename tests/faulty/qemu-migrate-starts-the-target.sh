#!/bin/sh
# fault: migrate_to starts the guest on the target instead of an emulator that waits for it
# base: qemu
# change: s/launch -S -incoming "tcp:0:$port"/launch/
# caught by: migrate::whole::tcp, migrate::repeated-from
