#!/bin/sh
# fault: it fences though it must not
# caught by: scheduler::stop-failed::no-fencing
case "$*" in
*--run*) sed -i -E 's/name="stonith-enabled" value="false"/name="stonith-enabled" value="true"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
