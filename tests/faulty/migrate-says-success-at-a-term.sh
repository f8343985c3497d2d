#!/bin/sh
# fault: a migrate_to that gets a TERM answers success
# base: reference
# caught by: migrate::told-to-end
if [ "$1" = migrate_to ]; then
    trap 'exit 0' TERM
    "@AGENT@" migrate_to &
    wait $!
    exit
fi
exec "@AGENT@" "$@"
