#!/bin/sh
# fault: a domain that is not in virsh's list is absent, also when the list broke off
# base: reference
# profile: virtualdomain
# caught by: tool::partial-list::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
case $1 in
monitor | stop)
    case $(virsh -q -c "$OCF_RESKEY_hypervisor" list --all --uuid 2>/dev/null) in
    *"$vm"*) ;;
    *) [ "$1" = stop ] && exit 0 || exit 7 ;;
    esac
    ;;
esac
exec "@AGENT@" "$@"
