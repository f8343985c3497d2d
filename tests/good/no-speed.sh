#!/bin/sh
# no fault: it has no parameter for the speed of a migration, and asks libvirt for none; the lab makes it slow
# base: reference
# passes: migrate::killed-while-copying::10, migrate::never-converging, migrate::stops-while-copying
# passes: cluster::migration-longer-than-other-actions::live
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<parameter name="migration_bandwidth"/,/<\/parameter>/d'
        exit ;;
esac
exec "@AGENT@" "$@"
