#!/bin/sh
# fault: stop leaves a guest alone that was asked to end before
# base: reference-vm
# caught by: rgm::stop-in-shutdown
if [ "$1" = stop ]; then
    [ -e /run/asked ] && exit 0
    : >/run/asked
fi
exec "@AGENT@" "$@"
