#!/bin/sh
# fault: parameters are reloadable, and no reload is advertised
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::reloadable
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="reload-agent"/d'
        exit ;;
esac
exec "@AGENT@" "$@"
