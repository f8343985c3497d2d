#!/bin/sh
# fault: monitor answers 6 while libvirtd is away
# base: reference
# caught by: daemon::not-for-good::monitor, daemon::monitor-while-running::stop
if [ "$1" = monitor ]; then timeout 3 virsh -q -c qemu:///system uri >/dev/null 2>&1 || exit 6; fi
exec "@AGENT@" "$@"
