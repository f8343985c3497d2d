#!/bin/sh
# fault: reload, which is advertised as in OCF 1.0, stops the guest and starts it again
# base: reference
# caught by: interface::reload-keeps-the-guest::reload, reload::reload
case $1 in
    reload) "@AGENT@" stop && exec "@AGENT@" start ;;
    meta-data)
        "@AGENT@" meta-data | sed 's| reloadable="1"||; s|"reload-agent"|"reload"|; s|<version>1.1|<version>1.0|'
        exit ;;
esac
exec "@AGENT@" "$@"
