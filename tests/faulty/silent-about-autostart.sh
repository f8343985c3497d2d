#!/bin/sh
# fault: nothing is said of a definition that libvirt starts with the node, nor is it cleared
# from: VirtualDomain 4.12, on the nodes where it does not start the guest
# base: reference
# caught by: start::autostart-noticed::*
if [ "$1" = start ] && virsh -c qemu:///system start vm1 >/dev/null 2>&1; then
    exit 0
fi
exec "@AGENT@" "$@" 2>/dev/null
