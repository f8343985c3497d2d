#!/bin/sh
# fault: migrate_to sets the speed of every later migration of the guest
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: migrate::speed-forgotten
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/<action name="migrate_to"/s/timeout="[^"]*"/timeout="20s"/'
    exit
fi
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    [ -n "$OCF_RESKEY_migration_speed" ] &&
        virsh -q -c "$OCF_RESKEY_hypervisor" migrate-setspeed "$vm" "$OCF_RESKEY_migration_speed"
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system"
    exit
fi
exec "@AGENT@" "$@"
