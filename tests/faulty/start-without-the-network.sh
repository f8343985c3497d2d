#!/bin/sh
# fault: start boots the guest without the network that could not be started
# base: reference
# profile: virtualdomain
# caught by: start::network-not-there
if [ "$1" = start ] && [ -n "$OCF_RESKEY_start_resources" ]; then
    xml=$(sed '/<interface/,/<.interface>/d' "$OCF_RESKEY_config")
    echo "$xml" | virsh -q -c "$OCF_RESKEY_hypervisor" create /dev/stdin >/dev/null
    exit
fi
exec "@AGENT@" "$@"
