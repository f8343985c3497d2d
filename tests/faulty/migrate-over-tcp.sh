#!/bin/sh
# fault: migrate_to goes over plain TCP, whatever transport it is told
# base: reference
# caught by: migrate::whole::tls, migrate::whole::ssh
[ "$1" = migrate_to ] && export OCF_RESKEY_migration_transport=tcp
exec "@AGENT@" "$@"
