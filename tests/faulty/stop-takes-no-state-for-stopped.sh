#!/bin/sh
# fault: stop takes an unknown state for a stopped guest
# base: reference
# profile: virtualdomain
# caught by: tool::no-state-for-ever::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "no state" | "") exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
