#!/bin/sh
# fault: no_kill counts as a number alone, and its words are passed over
# from: rgmanager's vm.sh, line 1157
# base: reference-vm
# caught by: rgm::no-kill::true, rgm::no-kill::yes
[ "$OCF_RESKEY_no_kill" = 1 ] || export OCF_RESKEY_no_kill=
exec "@AGENT@" "$@"
