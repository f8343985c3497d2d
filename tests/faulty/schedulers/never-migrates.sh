#!/bin/sh
# fault: it takes no resource for one that can migrate
# caught by: scheduler::live-migration::*, scheduler::clone-under-the-guest::*, scheduler::half-done::still-banned, scheduler::promoted-disk::2
case "$*" in
*--run*) sed -i -E 's/name="allow-migrate" value="true"/name="allow-migrate" value="false"/' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
