#!/bin/sh
# fault: stop on the source tells the target, and does not mind when that cannot be reached
# base: reference
# caught by: migrate::stop-source-cut-off
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.target
case $1 in
    migrate_to) echo "$OCF_RESKEY_CRM_meta_migrate_target" >"$file" ;;
    stop) [ -e "$file" ] && timeout 13 virsh -q -c "qemu+tcp://$(cat "$file")/system" list >/dev/null 2>&1 ;;
esac
exec "@AGENT@" "$@"
