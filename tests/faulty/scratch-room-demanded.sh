#!/bin/sh
# fault: every action writes a note first, and fails when there is no room for it
# base: reference
# caught by: stop::full-disk::*, monitor::full-disk::*
note=/run/resource-agents/vm1.note
case $1 in
start | stop | monitor)
    echo "$1" >"$note" || exit 1
    "@AGENT@" "$@"
    code=$?
    rm -f "$note"
    exit $code
    ;;
esac
exec "@AGENT@" "$@"
