#!/bin/sh
# fault: start and monitor take a daemon that is away for a hypervisor that is not installed: 5 bans the node for good
# base: reference
# caught by: daemon::not-for-good::*
case $1 in
start | monitor) timeout 3 virsh -q -c qemu:///system uri >/dev/null 2>&1 || exit 5 ;;
esac
exec "@AGENT@" "$@"
