#!/bin/sh
# fault: a migrate_to that was stopped and goes on takes its migration for lost, and destroys the guest
# base: reference
# caught by: migrate::stopped-and-continued
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" &
    copy=$!
    trap 'kill -9 $copy; virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1; exit 1' CONT
    wait $copy
    exit
fi
exec "@AGENT@" "$@"
