#!/bin/sh
# fault: one failed question makes monitor an error, asked of the tool by its file
# from: ocf:heartbeat:ManageVE, which names its tool by its path
# base: reference
# profile: virtualdomain
# caught by: tool::busy, tool::connection-lost-once
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    /usr/bin/virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
