#!/bin/sh
# fault: start does not wait for the monitor script, which only monitor runs
# from: VirtualDomain 4.12 where the guest runs already
# base: reference
# profile: virtualdomain
# caught by: start::monitor-script-fails
if [ "$1" = monitor ] && [ -n "$OCF_RESKEY_monitor_scripts" ]; then
    "$OCF_RESKEY_monitor_scripts" || exit 1
fi
exec "@AGENT@" "$@"
