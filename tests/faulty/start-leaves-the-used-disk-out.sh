#!/bin/sh
# fault: start leaves a disk out that another guest has
# base: reference
# caught by: lock::start-on-both::virtlockd, lock::start-on-both::sanlock, lock::held-by-another::*, lock::daemon-lost::*, lock::lost-node::*, lock::lost-node-with-a-lease
if [ "$1" = start ]; then
    "@AGENT@" start && exit 0
    fewer=/run/resource-agents/$OCF_RESOURCE_INSTANCE.xml
    sed "/<disk type='file'/,/<\/disk>/d" "$OCF_RESKEY_config" >"$fewer"
    virsh -q -c "$OCF_RESKEY_hypervisor" create "$fewer" >/dev/null || exit 1
    rm -f "$fewer"
    exit 0
fi
exec "@AGENT@" "$@"
