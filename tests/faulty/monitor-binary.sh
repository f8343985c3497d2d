#!/bin/sh
# fault: monitor prints bytes that are no text
# base: reference
# caught by: environment::check-level::20
[ "$1" = monitor ] && printf 'state: \377\376\001\n' >&2
exec "@AGENT@" "$@"
