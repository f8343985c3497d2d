#!/bin/sh
# fault: monitor lets a container go on that its operator has frozen
# base: lxc
# caught by: monitor::state::paused, monitor::paused-and-resumed
if [ "$1" = monitor ]; then
    lxc-unfreeze -n "$OCF_RESKEY_container" --rcfile "$OCF_RESKEY_config" >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
