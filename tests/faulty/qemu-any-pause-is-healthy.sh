#!/bin/sh
# fault: monitor does not ask why a guest is paused
# base: qemu
# caught by: monitor::io-error
[ "$1" = monitor ] && "@AGENT@" monitor 2>&1 | grep -q io-error && exit 0
exec "@AGENT@" "$@"
