#!/bin/sh
# fault: it does not look at what was recorded of migrate_to
# caught by: scheduler::half-done::*, scheduler::migrate-to-failed::*
case "$*" in
*--run*) sed -i -E 's/<lrm_rsc_op [^>]*operation="migrate_to"[^>]*>//g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
