#!/bin/sh
# fault: migrate_to lets the container go on at the source after it was frozen
# base: manageve
# caught by: migrate::repeated-from, migrate::quiet-life
if [ "$1" = migrate_to ]; then
    "@AGENT@" "$@" || exit
    vzctl restore 101 >&2
    exit 0
fi
exec "@AGENT@" "$@"
