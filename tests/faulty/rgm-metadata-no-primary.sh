#!/bin/sh
# fault: metadata name no primary parameter
# base: reference-vm
# caught by: rgm::metadata
export PATH=/usr/bin:/bin
[ "$1" = meta-data ] && { "@AGENT@" meta-data | sed 's/ primary="1"//'; exit; }
exec "@AGENT@" "$@"
