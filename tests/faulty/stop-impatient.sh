#!/bin/sh
# fault: stop gives a guest one second, whatever its timeout
# from: VirtualDomain until b116377d4 (2012)
# base: reference
# caught by: stop::slow-guest
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ]; then
    virsh shutdown "$vm" >/dev/null 2>&1
    sleep 1
    virsh destroy "$vm" >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
