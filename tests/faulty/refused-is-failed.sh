#!/bin/sh
# fault: monitor takes a connection that is refused or lost for a failed guest
# from: VirtualDomain 4.12, "no valid connection"
# base: reference
# caught by: daemon::restarts
# caught by: cluster::daemon-restarted
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "${OCF_RESKEY_hypervisor:-qemu:///system}" domstate "$vm" 2>&1) in
        *connect* | *"End of file"*) exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
