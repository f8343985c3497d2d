#!/bin/sh
# fault: start answers before the guest is there
# from: Xen until 6f26de6fe (2008, LF1858)
# base: reference
# caught by: start::absent, start::again, start::inactive-definition::*, interface::mandatory-actions
if [ "$1" = start ]; then
    (sleep 2; exec "@AGENT@" start) </dev/null >/dev/null 2>&1 &
    exit 0
fi
exec "@AGENT@" "$@"
