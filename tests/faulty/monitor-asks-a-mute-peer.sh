#!/bin/sh
# fault: monitor fails when the other node's libvirt does not tell whether the guest runs there too
# base: reference
# caught by: daemon::peer-gone::*, daemon::peer-gone-while-running::*, daemon::peer-cut-off
case $(uname -n) in a) other=b ;; *) other=a ;; esac
if [ "$1" = monitor ]; then timeout 3 virsh -q -c "qemu+tcp://$other/system" list >/dev/null 2>&1 || exit 1; fi
exec "@AGENT@" "$@"
