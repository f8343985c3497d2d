#!/bin/sh
# fault: migrate_from answers success although nothing could be restored
# base: manageve
# caught by: migrate::nothing-came
if [ "$1" = migrate_from ]; then
    vzctl restore 101 >&2
    exit 0
fi
exec "@AGENT@" "$@"
