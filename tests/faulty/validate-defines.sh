#!/bin/sh
# fault: validate-all defines the guest, to see whether libvirt takes the definition
# base: reference
# caught by: interface::looking-changes-nothing::absent
if [ "$1" = validate-all ]; then virsh -q -c "$OCF_RESKEY_hypervisor" define "$OCF_RESKEY_config" >/dev/null 2>&1; fi
exec "@AGENT@" "$@"
