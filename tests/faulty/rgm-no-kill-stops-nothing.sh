#!/bin/sh
# fault: with no_kill stop does nothing, and fails
# base: reference-vm
# caught by: rgm::no-kill-willing
[ "$1" = stop ] && [ "$OCF_RESKEY_no_kill" = true ] && exit 1
exec "@AGENT@" "$@"
