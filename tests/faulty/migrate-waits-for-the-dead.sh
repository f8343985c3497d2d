#!/bin/sh
# fault: migrate_to notices that its target is gone only when its time is nearly over
# from: virsh migrate in VirtualDomain 4.12, and this project's own reference agent
# base: reference
# caught by: migrate::target-vanishes
[ "$1" = migrate_to ] || exec "@AGENT@" "$@"
"@AGENT@" "$@" && exit
sleep $((OCF_RESKEY_CRM_meta_timeout / 1000 * 2 / 5))
exit 1
