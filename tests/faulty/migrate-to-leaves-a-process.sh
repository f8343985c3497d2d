#!/bin/sh
# fault: migrate_to leaves a process that watched the copy
# base: reference
# caught by: migrate::quiet-life
if [ "$1" = migrate_to ]; then setsid sleep 1000 >/dev/null 2>&1 </dev/null & fi
exec "@AGENT@" "$@"
