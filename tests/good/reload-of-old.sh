#!/bin/sh
# no fault: reload is advertised as in OCF 1.0, and does nothing, for every action reads its parameters anew
# base: reference
# passes: reload::reload, interface::reload-keeps-the-guest::reload
# skips: reload::reload-agent
case $1 in
    reload) exit 0 ;;
    meta-data)
        "@AGENT@" meta-data | sed 's| reloadable="1"||; s|"reload-agent"|"reload"|; s|<version>1.1|<version>1.0|'
        exit ;;
esac
exec "@AGENT@" "$@"
