#!/bin/sh
# fault: the guest is paused before its memory goes over, as by a tool that does not migrate live by itself
# base: xen
# caught by: xen::live
if [ "$1" = migrate_to ]; then
    xl pause vm1
    xl migrate vm1 "$OCF_RESKEY_CRM_meta_migrate_target" >&2 || exit 1
    exit 0
fi
if [ "$1" = migrate_from ]; then
    xl unpause vm1 2>/dev/null
fi
exec "@AGENT@" "$@"
