#!/bin/sh
# fault: it takes every probe for one that found the guest
# caught by: scheduler::probe::not-running, scheduler::probe::err-args, scheduler::probe::err-installed
case "$*" in
*--run*) sed -i -E 's/(operation_key="vm_monitor_0"[^>]*rc-code=")[257](".*transition-magic=")0:[257];/\10\20:0;/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
