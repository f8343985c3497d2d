#!/bin/sh
# fault: stop asks the guest, waits for it, and never forces it
# from: VirtualDomain until 14d0c0e8d (2009)
# base: reference
# caught by: stop::deaf-guest, stop::forced, stop::frozen-emulator
# caught by: cluster::guest-does-not-react::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" shutdown "$vm" >/dev/null 2>&1
    sleep 2
    [ -z "$(virsh domstate "$vm" 2>/dev/null)" ] && exit 0
    exit 1
fi
exec "@AGENT@" "$@"
