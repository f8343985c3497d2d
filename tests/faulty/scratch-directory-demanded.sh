#!/bin/sh
# fault: a state file that cannot be written fails every action
# base: reference
# caught by: environment::nowhere-to-write
# caught by: environment::no-scratch-directory
file=${HA_RSCTMP:-/run/resource-agents}/$OCF_RESOURCE_INSTANCE.state
case $1 in
    start) echo "$1" >"$file" || exit 1 ;;
    stop) rm -f "$file" ;;
esac
exec "@AGENT@" "$@"
