#!/bin/sh
# fault: migrate_to takes a lock that a killed one leaves behind, and stop fails while it is there
# base: reference
# caught by: migrate::killed-early::*, migrate::killed-late::*, migrate::stops-while-copying
lock=/run/vm1-migrating
case $1 in
migrate_to)
    : >"$lock"
    "@AGENT@" migrate_to
    code=$?
    rm -f "$lock"
    exit $code
    ;;
stop)
    [ -e "$lock" ] && exit 1
    ;;
esac
exec "@AGENT@" "$@"
