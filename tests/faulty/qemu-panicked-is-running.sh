#!/bin/sh
# fault: monitor takes a guest that has panicked for one that runs
# base: qemu
# caught by: monitor::state::crashed
[ "$1" = monitor ] && "@AGENT@" monitor 2>&1 | grep -q guest-panicked && exit 0
exec "@AGENT@" "$@"
