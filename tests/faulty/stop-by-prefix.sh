#!/bin/sh
# fault: stop destroys every guest whose name begins like its own
# base: reference
# caught by: stop::repeated::absent, stop::running
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ]; then
    for other in $(virsh list --name | grep "^$vm-"); do
        virsh destroy "$other" >/dev/null
    done
fi
exec "@AGENT@" "$@"
