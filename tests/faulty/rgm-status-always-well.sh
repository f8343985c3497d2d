#!/bin/sh
# fault: status is success wherever it is asked
# base: reference-vm
# caught by: rgm::status-of-a-stopped-guest::*, rgm::status-elsewhere
[ "$1" = status ] && exit 0
exec "@AGENT@" "$@"
