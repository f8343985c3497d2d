#!/bin/sh
# fault: migrate_to leaves the copy to the daemon, which goes on when the agent is killed
# from: VirtualDomain 4.12 with --p2p
# base: reference
# caught by: migrate::killed-mid-copy::*, migrate::killed-while-copying::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --p2p --bandwidth "${OCF_RESKEY_migration_bandwidth:-0}" \
        "$vm" "qemu+$OCF_RESKEY_migration_transport://$OCF_RESKEY_CRM_meta_migrate_target/system"
    exit
fi
exec "@AGENT@" "$@"
