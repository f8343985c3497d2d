#!/bin/sh
# fault: a call without an argument is taken for monitor, and says nothing
# base: reference
# caught by: interface::no-argument
[ $# -gt 0 ] || exec "@AGENT@" monitor
exec "@AGENT@" "$@"
