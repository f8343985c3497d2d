#!/bin/sh
# fault: start fails where libvirt knows the domain already
# from: VirtualDomain until f00dcaf19 (2013)
# base: reference
# caught by: start::inactive-definition::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = start ] && [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = "shut off" ] && exit 1
exec "@AGENT@" "$@"
