#!/bin/sh
# fault: a migration that fails takes the guest down
# base: reference
# caught by: lock::comes-back::*
if [ "$1" = migrate_to ]; then
    "@AGENT@" migrate_to && exit 0
    vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
    exit 1
fi
exec "@AGENT@" "$@"
