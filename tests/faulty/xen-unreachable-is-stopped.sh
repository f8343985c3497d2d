#!/bin/sh
# fault: monitor takes every failure of xl for an unknown domain
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::toolstack-down::*
if [ "$1" = monitor ] && ! timeout 2 xl list vm1 >/dev/null 2>&1; then
    exit 7
fi
exec "@AGENT@" "$@"
