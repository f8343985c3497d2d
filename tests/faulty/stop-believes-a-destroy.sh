#!/bin/sh
# fault: stop takes a destroy that claims success for an ended guest, and does not look again
# base: reference
# profile: virtualdomain
# caught by: tool::destroy-does-nothing
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1 && exit 0
fi
exec "@AGENT@" "$@"
