#!/bin/sh
# fault: status is advertised and answers that it is not implemented
# base: reference
# caught by: interface::status-like-monitor::*
case $1 in
    status) exit 3 ;;
    meta-data)
        "@AGENT@" meta-data | sed 's|</actions>|<action name="status" timeout="60s" interval="10s"/></actions>|'
        exit ;;
esac
exec "@AGENT@" "$@"
