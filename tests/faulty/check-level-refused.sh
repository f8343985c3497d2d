#!/bin/sh
# fault: monitor refuses every check level above zero
# base: reference
# caught by: environment::nowhere-to-write
# caught by: environment::check-level::*
[ "$1" = monitor ] && [ "${OCF_CHECK_LEVEL:-0}" -gt 0 ] && exit 6
exec "@AGENT@" "$@"
