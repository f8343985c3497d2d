#!/bin/sh
# fault: stop fails for a guest that came to its node by a migration
# base: reference
# caught by: cluster::quiet-life
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.came
case $1 in
    migrate_from) : >"$file" ;;
    stop) [ -e "$file" ] && exit 1 ;;
esac
exec "@AGENT@" "$@"
