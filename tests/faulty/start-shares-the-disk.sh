#!/bin/sh
# fault: start marks the disks shareable, as a guest could not be migrated otherwise on some old hosts
# base: reference
# caught by: lock::start-on-both::image, lock::daemon-lost::*
if [ "$1" = start ]; then
    "@AGENT@" monitor 2>/dev/null && exit 0
    shared=/run/resource-agents/$OCF_RESOURCE_INSTANCE.xml
    sed "s|<target dev='hdb'|<shareable/>&|" "$OCF_RESKEY_config" >"$shared"
    virsh -q -c "$OCF_RESKEY_hypervisor" create "$shared" >/dev/null || exit 1
    rm -f "$shared"
    exit 0
fi
exec "@AGENT@" "$@"
