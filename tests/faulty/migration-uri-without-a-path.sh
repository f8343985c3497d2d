#!/bin/sh
# fault: the URI of the target has no path, so that the target's default is asked
# base: reference
# profile: virtualdomain
# caught by: tool::migration-uris::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" \
        "qemu+$OCF_RESKEY_migration_transport://$OCF_RESKEY_CRM_meta_migrate_target" || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
