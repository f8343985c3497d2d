#!/bin/sh
# fault: one failed question makes monitor an error, asked by a search path of its own
# from: rgmanager's agents, which set PATH themselves
# base: reference
# profile: virtualdomain
# caught by: tool::busy, tool::connection-lost-once
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    PATH=/bin:/sbin:/usr/bin:/usr/sbin virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
