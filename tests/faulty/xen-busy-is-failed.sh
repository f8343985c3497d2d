#!/bin/sh
# fault: monitor takes a domain that computes for one that hangs
# base: xen
# caught by: xen::state-letters::running
if [ "$1" = monitor ] && timeout 5 xl list vm1 2>/dev/null | grep -q 'r-----'; then
    exit 1
fi
exec "@AGENT@" "$@"
