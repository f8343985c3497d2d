#!/bin/sh
# fault: start destroys a container that runs and starts it anew
# base: reference
# profile: reference-lxc.yaml
# caught by: start::running::*
if [ "$1" = start ]; then
    virsh -c lxc:///system destroy vm1 >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
