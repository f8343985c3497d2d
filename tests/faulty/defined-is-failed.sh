#!/bin/sh
# fault: monitor calls a domain failed that is defined and shut off
# base: reference
# caught by: monitor::state::shutoff, monitor::state::autostart, monitor::state::managedsave
# caught by: monitor::driver-state::shutoff
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "shut off") exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
