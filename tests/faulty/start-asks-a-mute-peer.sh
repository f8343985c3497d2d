#!/bin/sh
# fault: start asks the other node's libvirt first, and fails when that is mute
# from: OpenNebula/one issue 1702 (2018): a libvirtd that hangs on one host blocks actions on others
# base: reference
# caught by: daemon::peer-gone::freeze
case $(uname -n) in a) other=b ;; *) other=a ;; esac
if [ "$1" = start ]; then
    timeout 5 virsh -q -c "qemu+tcp://$other/system" list >/dev/null 2>&1 || [ $? != 124 ] || exit 1
fi
exec "@AGENT@" "$@"
