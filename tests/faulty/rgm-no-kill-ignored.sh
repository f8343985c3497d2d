#!/bin/sh
# fault: no_kill is not known
# base: reference-vm
# caught by: rgm::no-kill::*
export OCF_RESKEY_no_kill=
exec "@AGENT@" "$@"
