#!/bin/sh
# fault: start asks the other node's libvirt first and waits for it without end
# from: OpenNebula/one issue 1702 (2018): a libvirtd that hangs on one host blocks actions on others
# base: reference
# caught by: daemon::peer-gone::freeze
case $(uname -n) in a) other=b ;; *) other=a ;; esac
if [ "$1" = start ]; then
    virsh -q -c "qemu+tcp://$other/system" domstate vm1 2>/dev/null | grep -q running && exit 1
fi
exec "@AGENT@" "$@"
