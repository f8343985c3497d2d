#!/bin/sh
# fault: a probe waits for a domain that may be rebooting, as a recurring monitor does
# base: xen
# caught by: xen::probe-does-not-wait
if [ "$1" = monitor ]; then
    export OCF_RESKEY_CRM_meta_interval=10000
fi
exec "@AGENT@" "$@"
