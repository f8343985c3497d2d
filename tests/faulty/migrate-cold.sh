#!/bin/sh
# fault: migrate_to stops the guest and boots it on the target
# base: reference
# caught by: migrate::whole::tcp, migrate::repeated-from, migrate::start-migrated
# caught by: cluster::moves::*, cluster::there-and-back::*, cluster::hiccups::*, cluster::constraint-comes-five-times
# caught by: cluster::source-retires-in-flight::*, cluster::order-and-colocation::*, cluster::colocation-without-order
# caught by: cluster::migration-limit::*
if [ "$1" = migrate_to ]; then
    "@AGENT@" stop && virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" create "$OCF_RESKEY_config"
    exit
fi >/dev/null
exec "@AGENT@" "$@"
