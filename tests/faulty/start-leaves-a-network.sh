#!/bin/sh
# fault: start defines a network for the guest, and nobody takes it away
# base: reference
# caught by: interface::quiet-life
if [ "$1" = start ]; then
    file=$(mktemp)
    echo '<network><name>for-the-guest</name></network>' >"$file"
    virsh -q -c "$OCF_RESKEY_hypervisor" net-define "$file" >/dev/null 2>&1
    rm -f "$file"
fi
exec "@AGENT@" "$@"
