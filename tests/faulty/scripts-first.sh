#!/bin/sh
# fault: monitor runs its scripts before it looks whether the guest runs
# base: virtualdomain
# caught by: monitor::script-of-a-stopped-guest
if [ "$1" = monitor ] && [ -n "$OCF_RESKEY_monitor_scripts" ]; then
    $OCF_RESKEY_monitor_scripts || exit 1
fi
exec "@AGENT@" "$@"
