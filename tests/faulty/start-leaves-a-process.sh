#!/bin/sh
# fault: start leaves a process that watches the guest, and nobody ends it
# base: reference
# caught by: migrate::quiet-life, interface::quiet-life
if [ "$1" = start ]; then setsid sleep 1000 >/dev/null 2>&1 </dev/null & fi
exec "@AGENT@" "$@"
