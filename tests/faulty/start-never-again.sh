#!/bin/sh
# fault: start refuses where the lock of an earlier start lies, and stop leaves it
# base: reference
# caught by: start::again, start::running::running
# caught by: cluster::guest-ends::*, cluster::monitor-fails-once::*
lock=/run/resource-agents/$OCF_RESOURCE_INSTANCE.lock
[ "$1" = start ] && { mkdir "$lock" 2>/dev/null || exit 1; }
exec "@AGENT@" "$@"
