#!/bin/sh
# fault: start prints the definition that it boots
# base: reference
# caught by: interface::password-in-the-definition
[ "$1" = start ] && cat "$OCF_RESKEY_config" >&2
exec "@AGENT@" "$@"
