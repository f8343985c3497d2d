#!/bin/sh
# fault: start removes the definition after a copy to a scratch file, and puts back what that file holds
# from: VirtualDomain 4.12, verify_undefined
# base: reference
# caught by: start::full-disk-definition::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ] && [ -n "$vm" ]; then
    copy=$(mktemp)
    cp "$OCF_RESKEY_config" "$copy" 2>/dev/null
    virsh -q -c "$OCF_RESKEY_hypervisor" undefine "$vm" >/dev/null 2>&1
    [ -f "$OCF_RESKEY_config" ] || cp "$copy" "$OCF_RESKEY_config"
    rm -f "$copy"
fi
exec "@AGENT@" "$@"
