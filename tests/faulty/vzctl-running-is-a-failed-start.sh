#!/bin/sh
# fault: start of a container that runs already fails, as vzctl does
# base: manageve
# caught by: start::running::*
if [ "$1" = start ]; then
    vzctl start 101 >&2 || exit 1
fi
exec "@AGENT@" "$@"
