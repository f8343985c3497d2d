#!/bin/sh
# fault: stop leaves a process behind
# base: reference
# caught by: start::leaves-no-definition::absent
[ "$1" = start ] && setsid sleep 60 </dev/null >/dev/null 2>&1 &
exec "@AGENT@" "$@"
