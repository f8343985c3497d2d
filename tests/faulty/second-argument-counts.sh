#!/bin/sh
# fault: a second argument is taken for the action
# base: reference
# caught by: interface::extra-arguments::*
[ $# -lt 2 ] || shift
exec "@AGENT@" "$@"
