#!/bin/sh
# fault: start takes every paused guest for a started one
# from: VirtualDomain 4.12
# base: reference
# caught by: start::io-error
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ]; then
    [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && exit 0
fi
exec "@AGENT@" "$@"
