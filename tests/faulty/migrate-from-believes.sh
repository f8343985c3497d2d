#!/bin/sh
# fault: migrate_from answers success without looking
# base: reference
# caught by: migrate::nothing-came, migrate::stranger-instead
[ "$1" = migrate_from ] && exit 0
exec "@AGENT@" "$@"
