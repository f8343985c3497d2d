#!/bin/sh
# fault: a monitor that is to look closely resets the guest, to see it boot
# base: reference
# caught by: environment::looked-at-in-every-way
# caught by: environment::check-level-disturbs::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = monitor ] && [ "${OCF_CHECK_LEVEL:-0}" -gt 0 ] &&
    virsh -q -c "$OCF_RESKEY_hypervisor" reset "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
