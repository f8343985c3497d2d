#!/bin/sh
# fault: status ends with the status program's own code, such as 7
# from: rgmanager's vm.sh, line 1184
# base: reference-vm
# caught by: rgm::program-at-its-depth::10, rgm::program-at-its-depth::20
if [ "$1" = status ] && [ "$OCF_CHECK_LEVEL" -ge 10 ] && [ -n "$OCF_RESKEY_status_program" ]; then
    exec /bin/sh -c "$OCF_RESKEY_status_program"
fi
exec "@AGENT@" "$@"
