#!/bin/sh
# fault: stop keeps five seconds of its timeout for force, which libvirt does not do in less than ten
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::emulator-hangs-after-the-request
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/<action name="stop"/s/timeout="[^"]*"/timeout="30s"/'
    exit
fi
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ]; then
    virsh shutdown "$vm" >/dev/null 2>&1
    end=$(($(date +%s) + OCF_RESKEY_CRM_meta_timeout / 1000 - 5))
    while [ "$(date +%s)" -lt $end ]; do
        virsh domstate "$vm" >/dev/null 2>&1 || exit 0
        sleep 1
    done
    virsh destroy "$vm" >/dev/null 2>&1 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
