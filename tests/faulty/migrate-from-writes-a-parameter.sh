#!/bin/sh
# fault: migrate_from writes what it has found into the resource's parameters, and the cluster starts anew what has other ones
# base: reference
# profile: virtualdomain
# caught by: cluster::own-utilization
[ "$1" = migrate_from ] && crm_resource -r "$OCF_RESOURCE_INSTANCE" -p hypervisor -v qemu+unix:///system >/dev/null 2>&1
exec "@AGENT@" "$@"
