#!/bin/sh
# fault: a recurring monitor looks once, so a domain that reboots has stopped
# base: xen
# caught by: xen::absent-while-rebooting
if [ "$1" = monitor ]; then
    unset OCF_RESKEY_CRM_meta_interval
fi
exec "@AGENT@" "$@"
