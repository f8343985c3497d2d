#!/bin/sh
# fault: a migrate_to that was stopped and goes on takes its migration for lost, and destroys the guest on both sides
# base: reference
# caught by: migrate::stopped-and-continued
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
target=qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system
clear_up() {
    kill -9 "$copy"
    for side in "$OCF_RESKEY_hypervisor" "$target"; do
        virsh -q -c "$side" destroy "$vm" >/dev/null 2>&1
    done
    exit 1
}
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --bandwidth 1 "$vm" "$target" &
    copy=$!
    trap clear_up CONT
    wait $copy
    exit
fi
exec "@AGENT@" "$@"
