#!/bin/sh
# fault: stop asks the container to shut down, and does not wait until it has
# base: lxc
# caught by: stop::slow-guest, stop::deaf-guest
if [ "$1" = stop ]; then
    lxc-stop -n "$OCF_RESKEY_container" --nokill --nowait >/dev/null 2>&1
    exit 0
fi
exec "@AGENT@" "$@"
