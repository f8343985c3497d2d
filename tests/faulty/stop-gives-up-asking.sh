#!/bin/sh
# fault: stop gives up when the request to shut down is not answered
# from: VirtualDomain 4.12, which waits instead
# base: reference
# profile: virtualdomain
# caught by: tool::shutdown-hangs
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" shutdown "$vm" >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
