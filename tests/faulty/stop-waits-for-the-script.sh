#!/bin/sh
# fault: stop runs the monitor script first, to see whether the guest is healthy
# base: reference
# profile: virtualdomain
# caught by: monitor::endless-script::*
if [ "$1" = stop ] && [ -n "$OCF_RESKEY_monitor_scripts" ]; then
    timeout 11 "$OCF_RESKEY_monitor_scripts" >/dev/null 2>&1
fi
if [ "$1" = monitor ] && [ -n "$OCF_RESKEY_monitor_scripts" ]; then
    timeout 1 "$OCF_RESKEY_monitor_scripts" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
