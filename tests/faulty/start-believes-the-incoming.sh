#!/bin/sh
# fault: start takes any active domain for a started guest, also one that is still being received
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: migrate::start-target-while-copying
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ] && virsh -q -c "$OCF_RESKEY_hypervisor" list --uuid | grep -qx "$vm"; then
    exit 0
fi
exec "@AGENT@" "$@"
