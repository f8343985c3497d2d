#!/bin/sh
# fault: stop asks the container to halt and does not wait for it
# base: manageve
# caught by: stop::deaf-guest, stop::slow-guest
if [ "$1" = stop ]; then
    setsid vzctl stop 101 >/dev/null 2>&1 </dev/null &
    exit 0
fi
exec "@AGENT@" "$@"
