#!/bin/sh
# fault: status answers 1 where the daemon cannot be asked, and so claims that the guest has failed
# base: reference-vm
# caught by: rgm::status-without-a-daemon::*
if [ "$1" = status ]; then
    said=$("@AGENT@" "$@" 2>&1)
    code=$?
    [ -n "$said" ] && [ "$code" != 7 ] && exit 1
    exit "$code"
fi
exec "@AGENT@" "$@"
