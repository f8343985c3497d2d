#!/bin/sh
# fault: start goes on from the memory that the first stop has saved, again and again
# base: reference
# caught by: start::older-memory::a
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
file=/var/lib/libvirt/qemu/save/$vm.state
virsh="virsh -q -c $OCF_RESKEY_hypervisor"
case $1 in
stop) [ -f "$file" ] || $virsh save "$vm" "$file" >/dev/null 2>&1 ;;
start) [ -f "$file" ] && $virsh restore "$file" >/dev/null 2>&1 && exit 0 ;;
esac
exec "@AGENT@" "$@"
