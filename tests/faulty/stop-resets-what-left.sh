#!/bin/sh
# fault: stop on the source of a migration resets the guest that has left
# base: reference
# caught by: cluster::quiet-life
# caught by: cluster::moves::*
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.target
case $1 in
    migrate_to) echo "$OCF_RESKEY_CRM_meta_migrate_target" >"$file" ;;
    stop)
        [ -e "$file" ] && virsh -q -c "qemu+tcp://$(cat "$file")/system" reset vm1 >/dev/null 2>&1
        rm -f "$file" ;;
esac
exec "@AGENT@" "$@"
