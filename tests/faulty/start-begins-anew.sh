#!/bin/sh
# fault: start destroys what runs and begins anew
# base: reference
# caught by: start::running::running, migrate::start-migrated
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = start ] && virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
