#!/bin/sh
# fault: stop fails when the memory cannot be dumped
# base: reference
# caught by: stop::dump-directory-not-there
[ "$1" = stop ] && [ -n "$OCF_RESKEY_dump_directory" ] && [ ! -d "$OCF_RESKEY_dump_directory" ] && exit 5
exec "@AGENT@" "$@"
