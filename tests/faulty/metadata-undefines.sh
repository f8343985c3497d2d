#!/bin/sh
# fault: meta-data takes away a definition that libvirt has of the guest
# base: reference
# caught by: interface::looking-changes-nothing::shutoff
if [ "$1" = meta-data ] && [ -n "$OCF_RESKEY_config" ]; then
    vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
    virsh -q -c "$OCF_RESKEY_hypervisor" undefine "$vm" >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
