#!/bin/sh
# fault: recover and restart answer success and do nothing
# from: rgmanager's vm.sh, lines 1169-1171
# base: reference-vm
# caught by: rgm::recover-of-a-stopped-guest::*, rgm::recover-of-a-crashed-guest::*
case $1 in recover | restart) exit 0 ;; esac
exec "@AGENT@" "$@"
