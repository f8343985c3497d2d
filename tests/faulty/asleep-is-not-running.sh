#!/bin/sh
# fault: monitor takes a guest in S3 for one that does not run
# base: reference
# caught by: monitor::driver-state::pmsuspended, monitor::state::pmsuspended
# caught by: monitor::sleeping-state::pmsuspended
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        pmsuspended) exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
