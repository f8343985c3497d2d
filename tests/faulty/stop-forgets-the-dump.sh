#!/bin/sh
# fault: stop destroys a crashed guest without saving its memory, whatever folder it was given for that
# base: reference
# caught by: stop::dumps-a-crashed-guest
unset OCF_RESKEY_dump_directory
exec "@AGENT@" "$@"
