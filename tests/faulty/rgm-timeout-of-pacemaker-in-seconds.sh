#!/bin/sh
# fault: Pacemaker's timeout is taken for seconds
# from: rgmanager's vm.sh, lines 413-435
# base: reference-vm
# caught by: rgm::timeout-in-seconds::milliseconds
: "${OCF_RESKEY_RGMANAGER_meta_timeout:=$OCF_RESKEY_CRM_meta_timeout}"
export OCF_RESKEY_RGMANAGER_meta_timeout
exec "@AGENT@" "$@"
