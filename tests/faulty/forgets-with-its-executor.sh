#!/bin/sh
# fault: monitor takes a guest for stopped that an earlier executor had started
# base: reference
# caught by: cluster::executor-killed-in-maintenance
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.executor
executor=$(pgrep -o -x pacemaker-execd)
case $1 in
    start) echo "$executor" >"$file" ;;
    monitor) [ -e "$file" ] && [ "$(cat "$file")" != "$executor" ] && exit 7 ;;
esac
exec "@AGENT@" "$@"
