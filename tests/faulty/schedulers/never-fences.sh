#!/bin/sh
# fault: it fences nobody
# caught by: scheduler::lost-in-flight::*, scheduler::not-migrated::source-lost, scheduler::not-migrated::target-lost, scheduler::stop-failed::fencing
case "$*" in
*--run*) sed -i -E 's/name="stonith-enabled" value="true"/name="stonith-enabled" value="false"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
