#!/bin/sh
# fault: a migration that printed no error counts as done, whatever the tool's exit code
# base: reference
# profile: virtualdomain
# caught by: tool::killed-while-copying
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    said=$(virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --bandwidth "${OCF_RESKEY_migration_speed:-0}" \
        "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" 2>&1)
    case $said in
    *error:*) exit 1 ;;
    esac
    exit 0
fi
exec "@AGENT@" "$@"
