#!/bin/sh
# fault: stop kills the container without having asked it to shut down
# base: lxc
# caught by: stop::slow-guest
if [ "$1" = stop ]; then
    lxc-stop -n "$OCF_RESKEY_container" -k >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
