#!/bin/sh
# fault: migrate_from knows no guest that has come but one that runs
# base: reference
# caught by: migrate::paused
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = migrate_from ]; then
    [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = running ] || exit 1
fi
exec "@AGENT@" "$@"
