#!/bin/sh
# fault: status of a guest that is well is a failure
# base: reference-vm
# caught by: rgm::status-of-a-running-guest::*
[ "$1" = status ] && exit 1
exec "@AGENT@" "$@"
