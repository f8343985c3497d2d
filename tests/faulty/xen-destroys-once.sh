#!/bin/sh
# fault: stop does not repeat a destroy that was refused
# base: xen
# caught by: xen::destroy-refused-twice
if [ "$1" = stop ] && [ "${OCF_RESKEY_shutdown_timeout:-}" = 0 ]; then
    xl destroy vm1 >&2
    exit
fi
exec "@AGENT@" "$@"
