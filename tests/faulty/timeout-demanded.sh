#!/bin/sh
# fault: start, stop and monitor need the variable of the timeout
# from: VirtualDomain until 63df8feb2 (2014)
# base: reference
# caught by: environment::looked-at-in-every-way
# caught by: environment::no-timeout-variable
case $1 in
    start | stop | monitor) [ $OCF_RESKEY_CRM_meta_timeout -gt 0 ] || exit 1 ;;
esac
exec "@AGENT@" "$@"
