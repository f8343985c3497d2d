#!/bin/sh
# fault: monitor looks for the guest in a list that it has written to a scratch file, whether it could be written or not
# base: reference
# caught by: environment::nowhere-to-write
# caught by: monitor::full-disk::running
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    list=$(mktemp)
    virsh -q -c "$OCF_RESKEY_hypervisor" list --uuid >"$list" 2>/dev/null
    grep -q "$vm" "$list"
    found=$?
    rm -f "$list"
    [ $found = 0 ] || exit 7
fi
exec "@AGENT@" "$@"
