#!/bin/sh
# fault: start answers 6 while libvirtd is away for a moment: the cluster then never starts the guest anywhere again
# from: the class of resource-agents b50397851 (6 for a trouble of one node)
# base: reference
# caught by: daemon::start-while-stopped::stop, daemon::not-for-good::start
if [ "$1" = start ]; then timeout 3 virsh -q -c qemu:///system uri >/dev/null 2>&1 || exit 6; fi
exec "@AGENT@" "$@"
