#!/bin/sh
# fault: stop saves the guest's memory on its node, and the next start there goes on from it, whatever ran elsewhere since
# from: VirtualDomain, parameter snapshot
# base: reference
# caught by: start::older-memory::b
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
file=/var/lib/libvirt/qemu/save/$vm.state
virsh="virsh -q -c $OCF_RESKEY_hypervisor"
case $1 in
stop) $virsh save "$vm" "$file" >/dev/null 2>&1 ;;
start) [ -f "$file" ] && $virsh restore "$file" >/dev/null 2>&1 && rm -f "$file" && exit 0 ;;
esac
exec "@AGENT@" "$@"
