#!/bin/sh
# fault: start kills a container that runs and starts it anew
# base: lxc
# caught by: start::running::running
if [ "$1" = start ]; then
    lxc-stop -n "$OCF_RESKEY_container" -k >/dev/null 2>&1
fi
exec "@AGENT@" "$@"
