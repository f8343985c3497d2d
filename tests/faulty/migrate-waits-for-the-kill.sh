#!/bin/sh
# fault: migrate_to of a copy that does not end waits until it is killed
# base: reference
# caught by: migrate::never-converging-in-time
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="migrate_to"/s/timeout="[^"]*"/timeout="10s"/'
        exit ;;
    migrate_to)
        export OCF_RESKEY_CRM_meta_timeout=120000 ;;
esac
exec "@AGENT@" "$@"
