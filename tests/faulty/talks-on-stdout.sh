#!/bin/sh
# fault: every action tells its progress on standard output
# base: reference
# caught by: environment::nowhere-to-write
# caught by: interface::stdout-for-data-only
[ "$1" = meta-data ] || echo "$1: as you wish"
exec "@AGENT@" "$@"
