#!/bin/sh
# fault: start boots the definition that libvirt remembers, and the file only where there is none
# base: reference
# caught by: start::older-definition, start::broken-file-beside-a-definition
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@" >/dev/null 2>&1; }
if [ "$1" = start ] && virsh dominfo "$vm"; then
    virsh start "$vm" || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
