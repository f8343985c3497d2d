#!/bin/sh
# fault: it promotes everywhere
# caught by: scheduler::promoted-disk::1
case "$*" in
*--run*) sed -i -E 's/name="promoted-max" value="1"/name="promoted-max" value="2"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
