#!/bin/sh
# fault: monitor ends as a shell does that does not find a command
# from: Xen without xl
# base: reference
# caught by: monitor::state::running
[ "$1" = monitor ] && exit 127
exec "@AGENT@" "$@"
