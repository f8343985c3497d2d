#!/bin/sh
# fault: start creates the domain whenever virsh does not know it, and never looks for its emulator
# from: VirtualDomain 4.12
# base: reference
# caught by: daemon::forgotten-start
virsh="virsh -q -c ${OCF_RESKEY_hypervisor:-qemu:///system}"
if [ "$1" = start ]; then
    $virsh domstate vm1 >/dev/null 2>&1 || exec $virsh create "$OCF_RESKEY_config"
fi
exec "@AGENT@" "$@"
