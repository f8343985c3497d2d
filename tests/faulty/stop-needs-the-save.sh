#!/bin/sh
# fault: stop gives up where the guest's memory cannot be saved
# base: reference
# profile: virtualdomain
# caught by: stop::save-fails
[ "$1" = stop ] && [ -n "$OCF_RESKEY_snapshot" ] && [ ! -d "$OCF_RESKEY_snapshot" ] && exit 1
exec "@AGENT@" "$@"
