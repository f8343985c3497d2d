#!/bin/sh
# fault: monitor takes every failed question for a guest that is not there
# from: VirtualDomain 4.12, "failed to get domain"
# base: reference
# profile: virtualdomain
# caught by: daemon::forgotten-monitor, daemon::back-again, daemon::monitor-while-running::*
# caught by: tool::lookup-fails-once::monitor, tool::missing-tool-while-running::monitor
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" >/dev/null 2>&1 || exit 7
fi
exec "@AGENT@" "$@"
