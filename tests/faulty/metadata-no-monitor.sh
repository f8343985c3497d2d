#!/bin/sh
# fault: monitor is not advertised
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::mandatory-actions
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="monitor"/d'
        exit ;;
esac
exec "@AGENT@" "$@"
