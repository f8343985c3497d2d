#!/bin/sh
# fault: start kills the process of a guest of which the daemon says nothing
# base: reference
# caught by: daemon::start-while-running::*
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ] && ! timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" version >/dev/null 2>&1; then
    kill -9 "$(cat "/run/libvirt/qemu/$vm.pid")"
    exit 1
fi
exec "@AGENT@" "$@"
