#!/bin/sh
# fault: monitor takes a guest that is shutting down for one that does not run
# from: the reading of rgmanager's vm.sh
# base: reference
# profile: virtualdomain
# caught by: monitor::driver-state::shutdown, tool::active-words::in-shutdown
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "in shutdown") exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
