#!/bin/sh
# fault: start leaves a persistent definition
# from: VirtualDomain until 981c45d06 (resource-agents #240)
# base: reference
# caught by: start::leaves-no-definition::*, start::adopted-definition
if [ "$1" = start ]; then
    "@AGENT@" start || exit
    virsh -q -c "$OCF_RESKEY_hypervisor" define "$OCF_RESKEY_config" >/dev/null
    exit 0
fi
exec "@AGENT@" "$@"
