#!/bin/sh
# fault: each migration takes a port of a range of nine on its node, and gives none back
# base: reference
# caught by: migrate::back-and-forth
taken=/run/vm1-ports
if [ "$1" = migrate_to ]; then
    echo port >>"$taken"
    [ "$(wc -l <"$taken")" -gt 9 ] && exit 1
fi
exec "@AGENT@" "$@"
