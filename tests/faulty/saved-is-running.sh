#!/bin/sh
# fault: start takes a guest that was saved for one that runs
# base: reference
# caught by: start::managedsave
if [ "$1" = start ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" list --all --managed-save 2>/dev/null | grep -q saved && exit 0
fi
exec "@AGENT@" "$@"
