#!/bin/sh
# fault: start keeps a copy of the definition that anybody can read
# base: reference
# caught by: interface::password-in-the-definition
# Pacemaker's own mask would keep it from others.
umask 022
copy=/run/resource-agents/$OCF_RESOURCE_INSTANCE.xml
case $1 in
    start) cat "$OCF_RESKEY_config" >"$copy" ;;
    stop) rm -f "$copy" ;;
esac
exec "@AGENT@" "$@"
