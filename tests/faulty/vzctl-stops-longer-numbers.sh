#!/bin/sh
# fault: stop ends every container whose number begins with its own
# base: manageve
# caught by: stop::running
if [ "$1" = stop ]; then
    for id in 101 1011; do
        vzctl stop "$id" --fast >&2
    done
fi
exec "@AGENT@" "$@"
