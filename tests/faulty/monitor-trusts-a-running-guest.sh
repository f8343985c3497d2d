#!/bin/sh
# fault: monitor does not ask whether a guest that libvirt calls running really runs, and all of it here
# from: VirtualDomain 4.12
# base: reference
# caught by: migrate::post-copy-lost, monitor::emulator-frozen-noticed
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = running ] && exit 0
fi
exec "@AGENT@" "$@"
