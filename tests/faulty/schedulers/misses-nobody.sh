#!/bin/sh
# fault: it takes a lost node for one that is there
# caught by: scheduler::lost-in-flight::*, scheduler::not-migrated::source-lost, scheduler::not-migrated::target-lost
case "$*" in
*--run*) sed -i -E 's/in_ccm="false" crmd="offline"/in_ccm="true" crmd="online"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
