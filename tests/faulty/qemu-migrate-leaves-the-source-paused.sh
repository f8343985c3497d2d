#!/bin/sh
# fault: migrate_to leaves the emulator of the guest that has moved away
# base: qemu
# caught by: migrate::whole::tcp, migrate::monitor-when-completed
exec bash -c "$(sed '/"$word" = here/a exit' "@AGENT@")" "$0" "$@"
