#!/bin/sh
# fault: no_kill counts as set when rgmanager passes it at all, which it always does
# base: reference-vm
# caught by: rgm::no-kill-unset::*
[ "${OCF_RESKEY_no_kill+passed}" ] && export OCF_RESKEY_no_kill=1
exec "@AGENT@" "$@"
