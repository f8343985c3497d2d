#!/bin/sh
# fault: migrate_to lets a paused guest go on
# base: reference
# caught by: migrate::paused
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    "@AGENT@" "$@" || exit
    virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" resume "$vm" >/dev/null 2>&1
    exit 0
fi
exec "@AGENT@" "$@"
