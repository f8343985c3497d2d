#!/bin/sh
# fault: a forced stop asks the guest first and gives it a second
# from: VirtualDomain until 0a750ea3c (2013)
# base: reference
# profile: virtualdomain
# caught by: tool::forced-without-asking
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ]; then
    virsh shutdown "$vm" >/dev/null 2>&1
    sleep 1
    virsh destroy "$vm" >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
