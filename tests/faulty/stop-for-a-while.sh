#!/bin/sh
# fault: some seconds after its stop the guest comes back, started by what the agent has left to do that
# base: reference
# caught by: stop::silent-afterwards, migrate::silent-after-two-stops
if [ "$1" = stop ]; then
    "@AGENT@" stop || exit
    cp "$OCF_RESKEY_config" /run/vm1.again
    setsid sh -c "sleep 5; virsh -q -c $OCF_RESKEY_hypervisor create /run/vm1.again" >/dev/null 2>&1 &
    exit 0
fi
exec "@AGENT@" "$@"
