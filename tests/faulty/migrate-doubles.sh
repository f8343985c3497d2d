#!/bin/sh
# fault: migrate_to boots a second instance on the target
# base: reference
# caught by: migrate::whole::tcp, migrate::there-and-back
if [ "$1" = migrate_to ]; then
    virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" create "$OCF_RESKEY_config" >/dev/null
    exit
fi
exec "@AGENT@" "$@"
