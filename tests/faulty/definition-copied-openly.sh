#!/bin/sh
# fault: start keeps a copy of the definition that anybody can read
# base: reference
# caught by: interface::password-in-the-definition
umask 022 # with Pacemaker's own others could not read it
copy=/run/resource-agents/$OCF_RESOURCE_INSTANCE.xml
case $1 in
    start) cat "$OCF_RESKEY_config" >"$copy" ;;
    stop) rm -f "$copy" ;;
esac
exec "@AGENT@" "$@"
