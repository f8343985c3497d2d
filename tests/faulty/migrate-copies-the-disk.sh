#!/bin/sh
# fault: the guest gets another disk on the target, a copy of its own
# base: reference
# caught by: lock::moves::*
if [ "$1" = migrate_to ]; then
    vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
    disk=$(sed -n "s|.*<source file='\(.*\)'/>.*|\1|p" "$OCF_RESKEY_config")
    copied=/run/resource-agents/$OCF_RESOURCE_INSTANCE.xml
    cp "$disk" "$disk.copy"
    virsh -q -c "$OCF_RESKEY_hypervisor" dumpxml --migratable "$vm" | sed "s|'$disk'|'$disk.copy'|" >"$copied"
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --unsafe --xml "$copied" "$vm" \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" || exit 1
    rm -f "$copied"
    exit 0
fi
exec "@AGENT@" "$@"
