#!/bin/sh
# fault: stop answers success whatever became of the guest
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::stop-without-a-toolstack::*, xen::stop-without-xl
if [ "$1" = stop ]; then
    OCF_RESKEY_CRM_meta_timeout=4000 "@AGENT@" "$@"
    exit 0
fi
exec "@AGENT@" "$@"
