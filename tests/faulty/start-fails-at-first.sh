#!/bin/sh
# fault: the first start on a node fails, and the next one works
# base: reference
# caught by: cluster::quiet-life
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.tried
case $1 in
    start) [ -e "$file" ] || { : >"$file"; exit 1; } ;;
    migrate_to) rm -f "$file" ;;
esac
exec "@AGENT@" "$@"
