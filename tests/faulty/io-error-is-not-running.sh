#!/bin/sh
# fault: monitor takes a guest that an I/O error has paused for one that does not run
# base: reference
# caught by: monitor::io-error
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate --reason "$vm" 2>/dev/null) in
        "paused (I/O error)") exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
