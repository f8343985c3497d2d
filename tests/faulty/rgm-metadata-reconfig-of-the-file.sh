#!/bin/sh
# fault: metadata let reconfig change the path of the definition
# base: reference-vm
# caught by: rgm::metadata
export PATH=/usr/bin:/bin
[ "$1" = meta-data ] && { "@AGENT@" meta-data | sed 's/name="xmlfile"/& reconfig="1"/'; exit; }
exec "@AGENT@" "$@"
