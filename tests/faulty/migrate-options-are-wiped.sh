#!/bin/sh
# fault: an option of the migration that migrate_to reads for itself takes all others with it
# from: VirtualDomain until 43a6e76f6 (2015)
# base: reference
# profile: virtualdomain
# caught by: tool::migration-options-kept
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    case $OCF_RESKEY_migrate_options in
        *--migrateuri=*)
            uri=${OCF_RESKEY_migrate_options#*--migrateuri=}
            virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" \
                "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" "${uri%% *}" >/dev/null
            exit ;;
    esac
fi
exec "@AGENT@" "$@"
