#!/bin/sh
# fault: migrate_to answers success however the migration has ended
# base: qemu
# caught by: migrate::aborted-by-hand, migrate::connections-reset::b
exec bash -c "$(sed 's/end 1 "the migration was given up/end 0 "the migration was given up/' "@AGENT@")" "$0" "$@"
