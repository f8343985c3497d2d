#!/bin/sh
# fault: stop takes a refused destroy for an ended guest
# base: reference
# profile: virtualdomain
# caught by: tool::destroy-refused::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
    exit 0
fi
exec "@AGENT@" "$@"
