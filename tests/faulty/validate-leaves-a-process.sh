#!/bin/sh
# fault: validate-all leaves a process that waits for libvirt's events
# base: reference
# caught by: interface::quiet-life
if [ "$1" = validate-all ]; then setsid sleep 1000 >/dev/null 2>&1 </dev/null & fi
exec "@AGENT@" "$@"
