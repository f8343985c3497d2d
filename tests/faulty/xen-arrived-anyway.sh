#!/bin/sh
# fault: migrate_from answers success when it has waited for long enough
# base: xen
# caught by: xen::never-arrives
if [ "$1" = migrate_from ]; then
    OCF_RESKEY_CRM_meta_timeout=6000 "@AGENT@" "$@"
    exit 0
fi
exec "@AGENT@" "$@"
