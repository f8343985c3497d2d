#!/bin/sh
# fault: migrate_to asks for a migration without looking what there is, or where to
# from: VirtualDomain 4.12 without a target (resource-agents #816), and without the configuration there (#1231)
# base: reference
# profile: virtualdomain
# caught by: tool::migration-of-nothing, tool::migration-without-target, migrate::definition-missing-on-the-target
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" >/dev/null 2>&1 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
