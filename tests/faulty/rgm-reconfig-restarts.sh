#!/bin/sh
# fault: reconfig starts the guest anew
# base: reference-vm
# caught by: rgm::reconfigured
[ "$1" = reconfig ] && { "@AGENT@" stop; "@AGENT@" start; exit; }
exec "@AGENT@" "$@"
