#!/bin/sh
# fault: stop takes every failed question for a guest that is not there
# from: VirtualDomain 4.12, "failed to get domain"
# base: reference
# profile: virtualdomain
# caught by: daemon::forgotten-stop, daemon::stop-while-running::*, tool::lookup-fails-once::stop
# caught by: tool::missing-tool-while-running::stop
# caught by: cluster::daemon-forgets
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" >/dev/null 2>&1 || exit 0
fi
exec "@AGENT@" "$@"
