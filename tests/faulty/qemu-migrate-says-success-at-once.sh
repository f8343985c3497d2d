#!/bin/sh
# fault: migrate_to answers success as soon as the migration has begun, which goes on behind its back
# base: qemu
# caught by: migrate::whole::tcp, migrate::target-emulator-killed
if [ "$1" = migrate_to ]; then
    "@AGENT@" migrate_to >/dev/null 2>&1 &
    exit 0
fi
exec "@AGENT@" "$@"
