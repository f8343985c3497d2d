#!/bin/sh
# fault: a stop that is told to use force asks the guest first, and waits for it
# base: reference
# caught by: stop::forced
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
if [ "$1" = stop ] && [ "$OCF_RESKEY_force_stop" = true ]; then
    virsh shutdown "$vm" >/dev/null 2>&1
    for second in 1 2 3 4 5 6 7 8 9 10 11; do
        [ "$(virsh domstate "$vm" 2>/dev/null)" = running ] || break
        sleep 1
    done
fi
exec "@AGENT@" "$@"
