#!/bin/sh
# fault: monitor takes every state but "shut off" for running
# from: Xen 4.12, which only asks whether xl knows the domain
# base: reference
# profile: virtualdomain
# caught by: tool::unknown-word, monitor::driver-state::crashed, monitor::state::crashed
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "shut off" | "") exit 7 ;;
        *) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
