#!/bin/sh
# fault: stop ends with the code of the tool that it asked in vain
# base: reference
# caught by: daemon::stop-while-stopped, daemon::stop-while-stopped-and-frozen
if [ "$1" = stop ]; then
    timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" version >/dev/null 2>&1 || exit $?
fi
exec "@AGENT@" "$@"
