#!/bin/sh
# fault: reload is advertised as in OCF 1.0 and not implemented
# base: reference
# caught by: reload::reload
case $1 in
    reload) exit 3 ;;
    meta-data)
        "@AGENT@" meta-data | sed 's| reloadable="1"||; s|"reload-agent"|"reload"|; s|<version>1.1|<version>1.0|'
        exit ;;
esac
exec "@AGENT@" "$@"
