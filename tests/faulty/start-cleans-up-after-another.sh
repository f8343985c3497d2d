#!/bin/sh
# fault: start destroys the domain when it could not create it
# base: reference
# caught by: start::twice-at-once
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = start ]; then
    virsh create "$OCF_RESKEY_config" >/dev/null 2>&1 && exit 0
    sleep 1
    virsh destroy "$vm" >/dev/null 2>&1
    exit 1
fi
exec "@AGENT@" "$@"
