#!/bin/sh
# fault: monitor calls a guest failed that waits for something
# from: VirtualDomain until b7ab0eb4c (2009) and b116377d4 (2012)
# base: reference
# profile: virtualdomain
# caught by: tool::active-words::*, monitor::driver-state::blocked
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        idle | blocked | "in shutdown") exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
