#!/bin/sh
# fault: rgmanager's timeout is taken for minutes
# base: reference-vm
# caught by: rgm::timeout-in-seconds::seconds
[ -n "$OCF_RESKEY_RGMANAGER_meta_timeout" ] &&
    export OCF_RESKEY_RGMANAGER_meta_timeout=$((OCF_RESKEY_RGMANAGER_meta_timeout * 60))
exec "@AGENT@" "$@"
