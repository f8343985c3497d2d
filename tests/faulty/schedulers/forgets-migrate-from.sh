#!/bin/sh
# fault: it does not look at what was recorded of migrate_from
# caught by: scheduler::all-but-stopped::still-banned, scheduler::history-cleaned, scheduler::migrate-from-failed::failed, scheduler::migrate-from-failed::killed
case "$*" in
*--run*) sed -i -E 's/<lrm_rsc_op [^>]*operation="migrate_from"[^>]*>//g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
