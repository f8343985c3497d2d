#!/bin/sh
# fault: stop destroys a guest whose memory could not be saved
# base: reference
# profile: virtualdomain
# caught by: stop::save-fails
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@" >/dev/null 2>&1; }
[ "$1" = stop ] && [ -n "$OCF_RESKEY_snapshot" ] && {
    virsh save "$vm" "$OCF_RESKEY_snapshot/vm1.state" || virsh destroy "$vm"
}
exec "@AGENT@" "$@"
