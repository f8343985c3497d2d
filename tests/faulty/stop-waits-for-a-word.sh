#!/bin/sh
# fault: stop destroys the guest and then waits without end until its state is told
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::no-state-and-the-end
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/<action name="stop"/s/timeout="[^"]*"/timeout="20s"/'
    exit
fi
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh="virsh -q -c $OCF_RESKEY_hypervisor"
if [ "$1" = stop ]; then
    $virsh destroy "$vm" >/dev/null 2>&1
    while [ "$($virsh domstate "$vm" 2>/dev/null)" = "no state" ]; do sleep 1; done
fi
exec "@AGENT@" "$@"
