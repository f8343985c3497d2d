#!/bin/sh
# fault: a monitor script runs in a session of its own and outlives its monitor
# base: reference
# profile: virtualdomain
# caught by: monitor::endless-script::*
if [ "$1" = monitor ] && [ -n "$OCF_RESKEY_monitor_scripts" ]; then
    setsid "$OCF_RESKEY_monitor_scripts" </dev/null >/dev/null 2>&1 &
    wait $! || exit 1
fi
exec "@AGENT@" "$@"
