#!/bin/sh
# fault: a status that looks deeper than at the domain is a failure
# base: reference-vm
# caught by: rgm::program-that-is-content, rgm::status-of-a-running-guest::10
[ "$1" = status ] && [ "$OCF_CHECK_LEVEL" -ge 10 ] && exit 1
exec "@AGENT@" "$@"
