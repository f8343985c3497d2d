#!/bin/sh
# fault: it forgets what has only begun
# caught by: scheduler::lost-in-flight::a, scheduler::not-migrated::start-pending
case "$*" in
*--run*) sed -i -E 's/<lrm_rsc_op [^>]*op-status="-1"[^>]*>//g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
