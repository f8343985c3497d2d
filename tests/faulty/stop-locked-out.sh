#!/bin/sh
# fault: stop refuses where the lock of an earlier stop lies
# base: reference
# caught by: stop::killed-after-a-killed-start
# caught by: stop::killed::300ms
lock=/run/resource-agents/$OCF_RESOURCE_INSTANCE.stopping
if [ "$1" = stop ]; then
    mkdir "$lock" 2>/dev/null || exit 1
    sleep 1
    "@AGENT@" stop
    code=$?
    rmdir "$lock"
    exit $code
fi
exec "@AGENT@" "$@"
