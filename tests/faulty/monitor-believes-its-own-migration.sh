#!/bin/sh
# fault: while its own migrate_to runs, monitor takes the guest for running here without a look
# base: reference
# caught by: migrate::monitor-when-completed
note=/run/vm1-migrating
case $1 in
migrate_to)
    : >"$note"
    "@AGENT@" migrate_to
    code=$?
    sleep 3
    rm -f "$note"
    exit $code
    ;;
monitor)
    [ -e "$note" ] && exit 0
    ;;
esac
exec "@AGENT@" "$@"
