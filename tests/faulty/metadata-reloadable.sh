#!/bin/sh
# fault: a parameter is reloadable, and no reload is advertised
# base: reference
# caught by: metadata::rules::reloadable
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|<parameter name="force_stop"|& reloadable="1"|'
        exit ;;
esac
exec "@AGENT@" "$@"
