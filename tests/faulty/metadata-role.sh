#!/bin/sh
# fault: monitor is advertised for a role
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::no-roles
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|<action name="monitor"|& role="Started"|'
        exit ;;
esac
exec "@AGENT@" "$@"
