#!/bin/sh
# fault: stop leaves the guest to the other instances that rgmanager counts
# base: reference-vm
# caught by: rgm::reference-counts
[ "$1" = stop ] && [ "${OCF_RESKEY_RGMANAGER_meta_refcnt:-0}" -gt 0 ] && exit 0
exec "@AGENT@" "$@"
