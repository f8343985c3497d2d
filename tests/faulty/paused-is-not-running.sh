#!/bin/sh
# fault: monitor takes a paused guest for one that does not run
# base: reference
# caught by: monitor::driver-state::paused, monitor::sleeping-state::paused, monitor::state::paused
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        paused) exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
