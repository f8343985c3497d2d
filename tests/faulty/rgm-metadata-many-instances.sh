#!/bin/sh
# fault: metadata allow more than one instance on a node
# base: reference-vm
# caught by: rgm::metadata
export PATH=/usr/bin:/bin
[ "$1" = meta-data ] && { "@AGENT@" meta-data | sed 's/maxinstances="1"/maxinstances="0"/'; exit; }
exec "@AGENT@" "$@"
