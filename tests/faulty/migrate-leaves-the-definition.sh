#!/bin/sh
# fault: migrate_to leaves the source's definition as it is, autostart and all
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: migrate::autostart-left-behind
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system"
    exit
fi
exec "@AGENT@" "$@"
