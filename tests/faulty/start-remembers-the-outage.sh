#!/bin/sh
# fault: once the daemon was away, what start has noted then makes every later start fail
# from: VirtualDomain until b3e1cde1d (2010): an empty name in its state file
# base: reference
# caught by: daemon::start-while-stopped::*
noted=/run/resource-agents/$OCF_RESOURCE_INSTANCE.noted
if [ "$1" = start ]; then
    [ -e "$noted" ] && exit 1
    timeout 2 virsh -q -c "$OCF_RESKEY_hypervisor" list >/dev/null 2>&1 || touch "$noted"
fi
exec "@AGENT@" "$@"
