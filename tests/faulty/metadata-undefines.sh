#!/bin/sh
# fault: meta-data takes away a definition that libvirt has of the guest
# base: reference
# caught by: interface::looking-changes-nothing::shutoff
if [ "$1" = meta-data ]; then
    virsh -q -c qemu:///system list --all --name --inactive | while read -r vm; do
        if [ -n "$vm" ]; then virsh -q -c qemu:///system undefine "$vm" >/dev/null 2>&1; fi
    done
fi
exec "@AGENT@" "$@"
