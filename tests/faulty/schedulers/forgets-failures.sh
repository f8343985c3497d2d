#!/bin/sh
# fault: it takes actions that failed or were killed for done
# caught by: scheduler::migrate-from-failed::failed, scheduler::migrate-from-failed::killed, scheduler::migrate-to-failed::failed, scheduler::migrate-to-failed::killed, scheduler::not-migrated::failed, scheduler::stop-failed::fencing
case "$*" in
*--run*) sed -i -E 's/op-status="[24]"/op-status="0"/g; s/rc-code="[156]"/rc-code="0"/g; s/transition-magic="[024]:[156];/transition-magic="0:0;/g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
