#!/bin/sh
# fault: stop of a stopped guest is a failure
# base: reference-vm
# caught by: rgm::repeated
[ "$1" = stop ] && { "@AGENT@" status || exit 1; }
exec "@AGENT@" "$@"
