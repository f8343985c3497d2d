#!/bin/sh
# fault: migrate_to is advertised without migrate_from
# from: Xen until b6637dd9b (2007)
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::migrations-paired
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="migrate_from"/d'
        exit ;;
esac
exec "@AGENT@" "$@"
