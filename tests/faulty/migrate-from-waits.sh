#!/bin/sh
# fault: migrate_from waits for a word that never comes, almost as long as it may, and then fails
# base: reference
# caught by: cluster::advertised-timeout-on-the-target::migrate-from, cluster::migration-longer-than-other-actions::live
case $1 in
    meta-data) "@AGENT@" meta-data | sed '/name="migrate_from"/s/timeout="[^"]*"/timeout="5s"/'; exit ;;
    migrate_from)
        sleep $((OCF_RESKEY_CRM_meta_timeout / 1000 - 2))
        exit 1
        ;;
esac
exec "@AGENT@" "$@"
