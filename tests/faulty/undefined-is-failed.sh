#!/bin/sh
# fault: monitor calls a domain failed that libvirt does not know
# from: VirtualDomain with the wording of newer libvirt, until c30a1b5ad (2015)
# base: reference
# caught by: monitor::state::absent, monitor::powered-off, start::fails-then-monitor, stop::running
# caught by: migrate::definition-on-the-source
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ]; then
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null) in
        "") exit 1 ;;
    esac
fi
exec "@AGENT@" "$@"
