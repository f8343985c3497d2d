#!/bin/sh
# fault: stop asks libvirt to shut the container down, and takes that for its end
# base: reference
# profile: reference-lxc.yaml
# caught by: stop::slow-guest, stop::deaf-guest
if [ "$1" = stop ]; then
    virsh -c lxc:///system shutdown vm1 >/dev/null 2>&1
    exit 0
fi
exec "@AGENT@" "$@"
