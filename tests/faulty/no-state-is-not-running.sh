#!/bin/sh
# fault: monitor takes an unknown state for one that does not run
# from: VirtualDomain until 9f3aff9c5 (2009)
# base: reference
# profile: virtualdomain
# caught by: monitor::driver-state::nostate, tool::no-state-while-running::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "no state" | "") exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
