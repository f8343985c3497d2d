#!/bin/sh
# fault: a probe of a node without the guest fails while the guest runs on the other node
# base: reference
# caught by: cluster::probes::refresh, cluster::probes::refresh-of-the-idle-node, cluster::node-rejoins::*
case $(uname -n) in a) other=b ;; *) other=a ;; esac
[ "$1" = monitor ] || exec "@AGENT@" "$@"
"@AGENT@" "$@"
code=$?
if [ $code = 7 ] && virsh -q -c "qemu+tcp://$other/system" list --name 2>/dev/null | grep -qx vm1; then
    exit 1
fi
exit $code
