#!/bin/sh
# fault: migrate_to takes for an address whatever crm_attribute prints, be it nothing or (null)
# base: xen
# caught by: xen::address-of-the-target::it-is-empty, xen::address-of-the-target::it-is-null
# caught by: xen::address-of-the-target::there-is-none
if [ "$1" = migrate_to ] && [ "${OCF_RESKEY_node_ip_attribute:-}" ]; then
    address=$(crm_attribute --type nodes --node "$OCF_RESKEY_CRM_meta_migrate_target" -n "$OCF_RESKEY_node_ip_attribute" -G -q)
    xl migrate vm1 "$address" >&2 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
