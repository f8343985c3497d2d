#!/bin/sh
# fault: monitor takes a guest that is still being received for one that runs
# from: VirtualDomain 4.12
# base: reference
# caught by: migrate::monitor-during
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = monitor ] && [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && exit 0
exec "@AGENT@" "$@"
