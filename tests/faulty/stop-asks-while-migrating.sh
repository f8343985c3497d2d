#!/bin/sh
# fault: stop asks libvirt to shut the guest down without calling its migration off first, and waits for the job's lock
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: migrate::stop-source-while-copying
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/<action name="stop"/s/timeout="[^"]*"/timeout="20s"/'
    exit
fi
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = stop ] && virsh -q -c "$OCF_RESKEY_hypervisor" shutdown "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
