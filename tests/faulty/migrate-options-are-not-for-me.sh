#!/bin/sh
# fault: migrate_to does nothing when it is given options of the migration that it has not heard of
# base: reference
# profile: virtualdomain
# caught by: migrate::peer-to-peer::*
[ "$1" = migrate_to ] && [ -n "$OCF_RESKEY_migrate_options" ] && exit 0
exec "@AGENT@" "$@"
