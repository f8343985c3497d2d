#!/bin/sh
# fault: it takes every probe for one that found nothing
# caught by: scheduler::probe::success, scheduler::probe::err-generic, scheduler::probe::err-perm, scheduler::probe::err-configured
case "$*" in
*--run*) sed -i -E 's/(operation_key="vm_monitor_0"[^>]*rc-code=")[0146]("[^>]*transition-magic=")0:[0146];/\17\20:7;/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
