#!/bin/sh
# fault: one failed question makes monitor an error
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::busy, tool::connection-lost-once, tool::vanished-meanwhile
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
