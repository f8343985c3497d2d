#!/bin/sh
# fault: migrate_to gives up a copy that takes too long, and the daemon copies on
# from: agents that call `timeout virsh migrate --p2p`
# base: reference
# caught by: migrate::never-converging
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --p2p --bandwidth "${OCF_RESKEY_migration_bandwidth:-0}" \
        "$vm" "qemu+$OCF_RESKEY_migration_transport://$OCF_RESKEY_CRM_meta_migrate_target/system" || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
