#!/bin/sh
# fault: start takes a lock of the agent's own on the shared storage, and nothing ever takes it away
# base: reference
# caught by: lock::lost-node::*, lock::lost-node-with-a-lease, lock::lease-expires, lock::stop-lets-go::*
if [ "$1" = start ]; then
    "@AGENT@" monitor 2>/dev/null && exit 0
    mkdir "/run/vrt/shared/$OCF_RESOURCE_INSTANCE.lock" 2>/dev/null || exit 1
fi
exec "@AGENT@" "$@"
