#!/bin/sh
# fault: monitor takes a libvirtd that does not answer for a container that does not run
# base: reference
# profile: reference-lxc.yaml
# caught by: daemon::monitor-while-running::*
if [ "$1" = monitor ] && ! timeout 3 virsh -c lxc:///system list >/dev/null 2>&1; then
    exit 7
fi
exec "@AGENT@" "$@"
