#!/bin/sh
# fault: migrate_to answers success whatever became of the migration
# base: reference
# caught by: migrate::daemon-restarts-while-copying::*, migrate::target-emulator-killed, migrate::source-emulator-killed
# caught by: migrate::aborted-by-hand, migrate::frozen-target, migrate::frozen-target-in-time, migrate::destroyed-by-hand::*
# caught by: migrate::cut-one-way::*, migrate::cut-one-way-in-time::*, migrate::connections-reset::*
if [ "$1" = migrate_to ]; then
    "@AGENT@" migrate_to
    exit 0
fi
exec "@AGENT@" "$@"
