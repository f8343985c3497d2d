#!/bin/sh
# fault: the state is asked of whatever libvirt takes for the default connection
# from: VirtualDomain 4.12: save, restore and define lack the connection
# base: virtualdomain
# caught by: tool::configured-connection, tool::configured-connection-saves
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
case $1 in
    start | stop | monitor) virsh domstate "$vm" >/dev/null 2>&1 ;;
esac
exec "@AGENT@" "$@"
