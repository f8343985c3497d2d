#!/bin/sh
# fault: start destroys a domain of its name to make room
# base: reference
# caught by: identity::stranger-start
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
[ "$1" = start ] && virsh destroy "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
