#!/bin/sh
# fault: stop takes a domain whose state it cannot learn for a stopped one
# from: rgmanager's vm.sh, lines 551-552
# base: reference-vm
# caught by: rgm::stop-without-a-daemon::*, rgm::stop-with-errors::*
export PATH=/usr/bin:/bin
[ "$1" = stop ] && { timeout 5 virsh -c qemu:///system domstate vm1 >/dev/null 2>&1 || exit 0; }
exec "@AGENT@" "$@"
