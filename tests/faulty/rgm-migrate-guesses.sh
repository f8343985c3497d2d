#!/bin/sh
# fault: migrate without a target goes to the other node
# base: reference-vm
# caught by: rgm::migrate-without-target
[ "$1" = migrate ] && [ -z "$2" ] && set -- migrate b
exec "@AGENT@" "$@"
