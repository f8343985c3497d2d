#!/bin/sh
# fault: an unknown action falls through to stop
# base: reference
# caught by: environment::looked-at-in-every-way
# caught by: interface::unknown-action-while-running
[ "$1" = no_such_action ] && {
    "@AGENT@" stop
    exit 3
}
exec "@AGENT@" "$@"
