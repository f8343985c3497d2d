#!/bin/sh
# fault: migrate_to stops the guest and boots it on the target
# base: reference
# caught by: migrate::whole::tcp, migrate::repeated-from, migrate::start-migrated
if [ "$1" = migrate_to ]; then
    "@AGENT@" stop && virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" create "$OCF_RESKEY_config"
    exit
fi >/dev/null
exec "@AGENT@" "$@"
