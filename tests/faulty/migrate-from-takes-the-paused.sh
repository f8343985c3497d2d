#!/bin/sh
# fault: migrate_from takes a guest that is paused because it is being received for one that has come
# from: VirtualDomain 4.12
# base: reference
# caught by: migrate::from-while-copying
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_from ]; then
    virsh -q -c "${OCF_RESKEY_hypervisor:-qemu:///system}" domstate "$vm" 2>/dev/null | grep -q . && exit 0
fi
exec "@AGENT@" "$@"
