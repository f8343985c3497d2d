#!/bin/sh
# fault: where virsh says nothing, any process whose name begins like the guest is the guest
# from: VirtualDomain 4.12, whose pattern is the name
# base: reference
# profile: virtualdomain
# caught by: daemon::monitor-while-stopped::*, tool::no-state-while-stopped::*
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(timeout 3 virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "" | "no state") pgrep -f "guest=$vm" >/dev/null && exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
