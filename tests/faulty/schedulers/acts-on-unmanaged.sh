#!/bin/sh
# fault: it acts on resources that it is to leave alone
# caught by: scheduler::not-migrated::unmanaged
case "$*" in
*--run*) sed -i -E 's/name="is-managed" value="false"/name="is-managed" value="true"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
