#!/bin/sh
# fault: stop on the source asks the target whether the guest has arrived
# base: reference
# caught by: migrate::stop-source-cut-off, migrate::target-lost, migrate::stops-over-a-cut-one-way::*
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.target
case $1 in
    migrate_to) echo "$OCF_RESKEY_CRM_meta_migrate_target" >"$file" ;;
    stop) [ -e "$file" ] && { timeout 8 virsh -q -c "qemu+tcp://$(cat "$file")/system" list >/dev/null 2>&1 || exit 1; } ;;
esac
exec "@AGENT@" "$@"
