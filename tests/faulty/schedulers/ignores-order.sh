#!/bin/sh
# fault: it knows no order
# caught by: scheduler::base-moves-too, scheduler::clone-moves-too, scheduler::clone-under-the-guest::standby*, scheduler::promoted-disk::1
case "$*" in
*--run*) sed -i -E 's/<rsc_order [^>]*>//g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
