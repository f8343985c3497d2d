#!/bin/sh
# fault: only rgmanager's timeout is known, and without it there are three seconds
# base: reference-vm
# caught by: rgm::timeout-leaves-its-grace::milliseconds
[ -n "$OCF_RESKEY_RGMANAGER_meta_timeout" ] || export OCF_RESKEY_RGMANAGER_meta_timeout=3
exec "@AGENT@" "$@"
