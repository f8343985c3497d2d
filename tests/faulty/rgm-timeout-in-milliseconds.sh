#!/bin/sh
# fault: stop takes rgmanager's timeout for milliseconds
# base: reference-vm
# caught by: rgm::timeout-leaves-its-grace::seconds
[ "$1" = stop ] && [ -n "$OCF_RESKEY_RGMANAGER_meta_timeout" ] && {
    export OCF_RESKEY_CRM_meta_timeout="$OCF_RESKEY_RGMANAGER_meta_timeout"
    unset OCF_RESKEY_RGMANAGER_meta_timeout
}
exec "@AGENT@" "$@"
