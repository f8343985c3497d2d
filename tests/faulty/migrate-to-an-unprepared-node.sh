#!/bin/sh
# fault: migrate_to does not find out whether the target has the configuration file
# from: VirtualDomain 4.12 (resource-agents #1231)
# base: reference
# caught by: migrate::definition-missing-on-the-target
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" >/dev/null 2>&1 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
