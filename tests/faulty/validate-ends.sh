#!/bin/sh
# fault: validate-all destroys the guest that it has tried
# base: reference
# caught by: environment::looked-at-in-every-way
# caught by: interface::looking-changes-nothing::running, validate::changes-nothing::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = validate-all ]; then virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1; fi
exec "@AGENT@" "$@"
