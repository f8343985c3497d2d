#!/bin/sh
# fault: a probe ends a guest that was not started on its node by this agent
# base: reference
# caught by: cluster::probe-finds-two-and-leaves-one::*
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.own
case $1 in
    start) : >"$file" ;;
    monitor) [ -e "$file" ] || virsh -q -c "$OCF_RESKEY_hypervisor" destroy vm1 >/dev/null 2>&1 ;;
esac
exec "@AGENT@" "$@"
