#!/bin/sh
# fault: monitor does not ask why a guest is paused
# from: VirtualDomain 4.12
# base: reference
# caught by: monitor::io-error, migrate::post-copy-cut
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && exit 0
fi
exec "@AGENT@" "$@"
