#!/bin/sh
# fault: stop ends a container, too, whose number begins with its own
# base: manageve
# caught by: stop::running
if [ "$1" = stop ]; then
    vzctl stop 1011 --fast >&2
fi
exec "@AGENT@" "$@"
