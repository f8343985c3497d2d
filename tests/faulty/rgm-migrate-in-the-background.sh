#!/bin/sh
# fault: migrate answers when it has begun
# base: reference-vm
# caught by: rgm::migrate-whole
if [ "$1" = migrate ]; then
    (sleep 3; exec "@AGENT@" "$@") >/dev/null 2>&1 &
    exit 0
fi
exec "@AGENT@" "$@"
