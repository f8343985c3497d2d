#!/bin/sh
# fault: start undefines the domain, and libvirt removes the file that was the operator's
# from: VirtualDomain until it put the file back (resource-agents #487)
# base: reference
# caught by: start::definition-in-libvirts-folder::shutoff, start::definition-in-libvirts-folder::autostart
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ]; then
    "@AGENT@" start || exit
    virsh -q -c "$OCF_RESKEY_hypervisor" undefine "$vm" >/dev/null 2>&1
    exit 0
fi
exec "@AGENT@" "$@"
