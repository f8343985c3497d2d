#!/bin/sh
# fault: an agent that knows of no guest but those it has started itself, and whose start fails over any other
# base: reference
# caught by: cluster::executor-killed::*, cluster::controller-lost::*
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.started
case $1 in
    start)
        # One that still arrives is another, too.
        if [ ! -e "$file" ] && virsh -q -c qemu:///system list --name | grep -qx vm1; then exit 1; fi
        touch "$file" ;;
    monitor) [ -e "$file" ] && exit 0 || exit 7 ;;
    stop) [ -e "$file" ] && rm "$file" || exit 0 ;;
esac
exec "@AGENT@" "$@"
