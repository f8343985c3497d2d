#!/bin/sh
# fault: start writes what it takes the guest to need over what the operator has configured
# from: VirtualDomain 4.12 with autoset_utilization_hv_memory, under another name
# base: reference
# caught by: cluster::utilization::*
[ "$1" = start ] && crm_resource -r "$OCF_RESOURCE_INSTANCE" -z -p memory -v 4096 >/dev/null 2>&1
exec "@AGENT@" "$@"
