#!/bin/sh
# fault: a guest that cannot be moved in time is destroyed
# base: reference
# caught by: migrate::never-converging, migrate::slow-link
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_to ]; then
    timeout 5 "@AGENT@" migrate_to && exit 0
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
    exit 1
fi
exec "@AGENT@" "$@"
