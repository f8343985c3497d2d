#!/bin/sh
# fault: status takes a guest that is still arriving for a running one
# base: reference-vm
# caught by: rgm::status-while-arriving
export PATH=/usr/bin:/bin
[ "$1" = status ] && virsh -c qemu:///system domstate vm1 2>/dev/null | grep -q paused && exit 0
exec "@AGENT@" "$@"
