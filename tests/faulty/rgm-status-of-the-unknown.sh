#!/bin/sh
# fault: status cannot be told on a node that never ran the guest
# base: reference-vm
# caught by: rgm::status-elsewhere
if [ "$1" = status ]; then
    "@AGENT@" "$@"
    code=$?
    [ "$code" = 7 ] && exit 150
    exit "$code"
fi
exec "@AGENT@" "$@"
