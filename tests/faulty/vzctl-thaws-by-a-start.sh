#!/bin/sh
# fault: migrate_from boots the container anew and leaves its frozen memory where it is
# base: manageve
# caught by: migrate::there-and-back, migrate::repeated-from
if [ "$1" = migrate_from ]; then
    vzctl start 101 >&2
    exit 0
fi
exec "@AGENT@" "$@"
