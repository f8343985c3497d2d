#!/bin/sh
# fault: monitor takes a domain that is blocked, shutting down or dying for one that has gone
# base: xen
# caught by: xen::state-letters::blocked, xen::state-letters::shutting-down, xen::state-letters::dying
if [ "$1" = monitor ] && timeout 5 xl list vm1 2>/dev/null | grep -Eq ' (-b----|---s--|-----d) '; then
    exit 7
fi
exec "@AGENT@" "$@"
