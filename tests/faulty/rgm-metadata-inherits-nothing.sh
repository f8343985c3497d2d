#!/bin/sh
# fault: metadata have a parameter inherit what is no attribute
# base: reference-vm
# caught by: rgm::metadata
export PATH=/usr/bin:/bin
[ "$1" = meta-data ] && { "@AGENT@" meta-data | sed 's/service%name/service%/'; exit; }
exec "@AGENT@" "$@"
