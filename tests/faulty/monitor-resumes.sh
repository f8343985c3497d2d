#!/bin/sh
# fault: monitor lets a paused guest go on
# base: reference
# caught by: monitor::paused-and-resumed
# caught by: monitor::state::paused
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = monitor ] && virsh -q -c "$OCF_RESKEY_hypervisor" resume "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
