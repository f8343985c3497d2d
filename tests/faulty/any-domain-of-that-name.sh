#!/bin/sh
# fault: whatever libvirt finds by the name in the file is taken for the guest
# from: VirtualDomain 4.12 with a name that is a number
# base: reference
# caught by: identity::name-of-another::*, identity::start-under-the-name-of-another::*
# caught by: identity::renamed-under-a-guest, identity::stranger-monitor, identity::stranger-stop
# caught by: migrate::stranger-instead
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
virsh() { command virsh -q -c "$OCF_RESKEY_hypervisor" "$@"; }
running() { [ "$(virsh domstate "$vm" 2>/dev/null)" = running ]; }
case $1 in
    start | monitor | migrate_from) running && exit 0 ;;
    stop) running && { virsh destroy "$vm" >/dev/null; exit; } ;;
esac
exec "@AGENT@" "$@"
