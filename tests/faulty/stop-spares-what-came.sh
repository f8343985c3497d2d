#!/bin/sh
# fault: stop leaves a guest alone that came to its node by a migration
# base: reference
# profile: virtualdomain
# caught by: cluster::peer-to-peer-constraint-comes-and-goes
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.own
case $1 in
    start) : >"$file" ;;
    stop) [ -e "$file" ] && rm "$file" || exit 0 ;;
esac
exec "@AGENT@" "$@"
