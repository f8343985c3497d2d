#!/bin/sh
# fault: monitor knows no running guest but one that was booted
# base: reference
# caught by: monitor::paused-and-resumed
# caught by: monitor::resumed, migrate::whole::tcp
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate --reason "$vm" 2>/dev/null) in
        "running (booted)") exit 0 ;;
        running*) exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
