#!/bin/sh
# fault: migrate_from destroys what came and boots the guest
# base: reference
# caught by: migrate::repeated-from, migrate::whole::tcp
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_from ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
    exec "@AGENT@" start
fi
exec "@AGENT@" "$@"
