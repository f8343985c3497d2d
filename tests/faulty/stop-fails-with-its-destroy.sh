#!/bin/sh
# fault: stop fails when libvirt refuses to destroy the guest, though it has ended meanwhile
# base: reference
# profile: virtualdomain
# caught by: tool::ended-before-the-destroy::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh="virsh -q -c $OCF_RESKEY_hypervisor"
if [ "$1" = stop ] && [ "$($virsh domstate "$vm" 2>/dev/null)" = running ]; then
    $virsh destroy "$vm" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
