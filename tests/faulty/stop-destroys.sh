#!/bin/sh
# fault: stop destroys the guest without asking it
# from: lxc until 83f5cf4bb (2014)
# base: reference
# profile: virtualdomain
# caught by: stop::running, stop::slow-guest, migrate::stop-migrated, tool::willing-guest-not-destroyed
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = stop ] && virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
