#!/bin/sh
# fault: stop ends the first domain whose name begins with the guest's
# base: xen
# caught by: xen::odd-names::plain
if [ "$1" = stop ]; then
    id=$(xl list | awk '$1 ~ /^vm1/ { print $2; exit }')
    [ -z "$id" ] || xl destroy "$id" >&2
    exit 0
fi
exec "@AGENT@" "$@"
