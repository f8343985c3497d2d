#!/bin/sh
# fault: a migrate that failed is an error although the guest is well here, so rgmanager gives it up
# from: rgmanager's vm.sh, which does so of a guest that has left
# base: reference-vm
# caught by: rgm::migrate-fails-still-here::*
[ "$1" = migrate ] && { "@AGENT@" "$@" && exit 0; exit 1; }
exec "@AGENT@" "$@"
