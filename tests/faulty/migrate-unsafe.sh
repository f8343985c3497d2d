#!/bin/sh
# fault: migrate_to overrules libvirt's safety check
# base: reference
# profile: virtualdomain
# caught by: tool::safe-migration
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live --unsafe "$vm" \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" >/dev/null
    exit
fi
exec "@AGENT@" "$@"
