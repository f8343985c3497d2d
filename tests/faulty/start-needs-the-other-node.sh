#!/bin/sh
# fault: start asks the other node's libvirt for the guest first, and fails when that cannot be reached, as after a fencing
# base: reference
# caught by: cluster::stop-fails::*, cluster::fencing-fails, cluster::node-power-lost::*, cluster::corosync-lost::*
# caught by: cluster::ring-cut, cluster::ring-cut-in-flight, cluster::source-power-lost::*
# caught by: cluster::source-power-lost-before-its-stop::stop, cluster::target-power-lost::*
case $(uname -n) in a) other=b ;; *) other=a ;; esac
if [ "$1" = start ]; then
    timeout 3 virsh -q -c "qemu+tcp://$other/system" list >/dev/null 2>&1 || exit 1
fi
exec "@AGENT@" "$@"
