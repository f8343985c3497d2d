#!/bin/sh
# fault: migrate_to of a container that is down answers success
# base: manageve
# caught by: migrate::not-running-here::absent
if [ "$1" = migrate_to ]; then
    vzctl chkpnt 101 >&2
    exit 0
fi
exec "@AGENT@" "$@"
