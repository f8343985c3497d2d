#!/bin/sh
# fault: stop takes a guest that crashed or sleeps for ended
# from: rgmanager's vm.sh and VirtualDomain until 955b79e18 (LF2283)
# base: reference
# caught by: stop::guest-cannot-react::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        crashed | pmsuspended) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
