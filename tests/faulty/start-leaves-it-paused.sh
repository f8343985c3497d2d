#!/bin/sh
# fault: start creates the guest paused, and answers success
# base: reference
# caught by: start::absent
if [ "$1" = start ] && ! "@AGENT@" monitor 2>/dev/null; then
    virsh -q -c "$OCF_RESKEY_hypervisor" create --paused "$OCF_RESKEY_config" >/dev/null 2>&1 && exit 0
fi
exec "@AGENT@" "$@"
