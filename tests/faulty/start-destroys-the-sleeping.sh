#!/bin/sh
# fault: start destroys a guest that does not work, and fails
# base: reference
# caught by: start::paused, start::pmsuspended
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = start ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        paused | pmsuspended) virsh -q -c "$OCF_RESKEY_hypervisor" destroy "$vm" >/dev/null; exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
