#!/bin/sh
# fault: recover and restart stop the guest, and that is all
# base: reference-vm
# caught by: rgm::restart-of-a-running-guest::*
case $1 in recover | restart) shift; set -- stop "$@" ;; esac
exec "@AGENT@" "$@"
