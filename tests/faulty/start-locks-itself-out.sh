#!/bin/sh
# fault: start takes its time, and fails while another start on its node is under way
# base: reference
# caught by: cluster::executor-killed-beside-start
lock=/run/resource-agents/$OCF_RESOURCE_INSTANCE.lock
[ "$1" = start ] || exec "@AGENT@" "$@"
mkdir "$lock" 2>/dev/null || exit 1
sleep 4
"@AGENT@" "$@"
code=$?
rmdir "$lock"
exit $code
