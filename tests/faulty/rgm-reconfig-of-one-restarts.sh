#!/bin/sh
# fault: reconfig starts the guest anew where one of the marked attributes was changed
# base: reference-vm
# caught by: rgm::reconfigured
[ "$1,$OCF_RESKEY_recovery" = reconfig,relocate ] && { "@AGENT@" stop; "@AGENT@" start; exit; }
exec "@AGENT@" "$@"
