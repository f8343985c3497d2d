#!/bin/sh
# fault: monitor calls the guest promoted
# base: reference
# caught by: monitor::state::running
[ "$1" = monitor ] && exit 8
exec "@AGENT@" "$@"
