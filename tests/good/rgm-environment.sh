#!/bin/sh
# no fault: it starts only in rgmanager's whole environment: an inherited value, a count of references, defaults, no PATH
# base: reference-vm
# passes: rgm::repeated, rgm::status-of-a-stopped-guest::*, rgm::migrate-whole
if [ "$1" != meta-data ]; then
    [ "$OCF_RESKEY_service_name" = ha-service ] || exit 2
    [ "$OCF_RESKEY_RGMANAGER_meta_refcnt" = 0 ] || exit 2
    [ "$OCF_RESKEY_RGMANAGER_meta_timeout" -gt 0 ] || exit 2
    [ "$OCF_RESKEY_no_kill,$OCF_RESKEY_autostart" = false,1 ] || exit 2
    [ "$OCF_RESOURCE_INSTANCE" = "$OCF_RESOURCE_TYPE:$OCF_RESKEY_name" ] || exit 2
    [ "$OCF_ROOT" != /usr/lib/ocf ] || exit 2
    # A shell has a path of its own, which it hands on to nobody.
    tr '\0' '\n' <"/proc/$$/environ" | grep -qE '^(PATH|HOME|LANG|OCF_RESKEY_CRM_meta_)' && exit 2
fi
exec "@AGENT@" "$@"
