#!/bin/sh
# fault: a migrate that failed says that the guest is still here, even of a dead one
# base: reference-vm
# caught by: rgm::migrate-not-running::*
[ "$1" = migrate ] && { "@AGENT@" "$@" && exit 0; exit 150; }
exec "@AGENT@" "$@"
