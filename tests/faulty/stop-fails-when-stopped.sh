#!/bin/sh
# fault: stop of a guest that nobody can destroy any more is an error
# from: VirtualDomain until ffc832351 (2010)
# base: reference
# caught by: stop::inactive-definition::*, stop::repeated::absent, start::fails-cleanly::missing-disk
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
