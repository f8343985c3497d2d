#!/bin/sh
# fault: monitor calls a guest that runs failed
# base: reference
# caught by: monitor::state::running, monitor::driver-state::blocked
if [ "$1" = monitor ]; then
    "@AGENT@" "$@"
    code=$?
    [ $code = 0 ] && exit 1
    exit $code
fi
exec "@AGENT@" "$@"
