#!/bin/sh
# fault: monitor defines the domain
# from: VirtualDomain until e07e5472e (2009)
# base: reference
# profile: virtualdomain
# caught by: monitor::leaves-no-definition::*, tool::monitor-only-looks::*
[ "$1" = monitor ] && virsh -q -c "$OCF_RESKEY_hypervisor" define "$OCF_RESKEY_config" >/dev/null 2>&1
exec "@AGENT@" "$@"
