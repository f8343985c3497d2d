#!/bin/sh
# fault: monitor prints more than anybody can keep
# base: reference
# caught by: environment::check-level::20
[ "$1" = monitor ] && yes 'all is well' | head -c 4000000 >&2
exec "@AGENT@" "$@"
