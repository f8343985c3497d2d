#!/bin/sh
# fault: monitor reads the exit code of xl list, and not the state that it prints
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::state-letters::crashed, xen::state-letters::crashed-and-paused
if [ "$1" = monitor ] && timeout 5 xl list vm1 >/dev/null 2>&1; then
    exit 0
fi
exec "@AGENT@" "$@"
