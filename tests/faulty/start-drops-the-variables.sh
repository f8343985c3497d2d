#!/bin/sh
# fault: start undefines the domain together with the variables of its firmware
# from: virsh undefine --nvram, which is what libvirt asks for when it refuses a plain undefine
# base: reference
# caught by: start::variables-of-a-definition::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = start ] && virsh -q -c "$OCF_RESKEY_hypervisor" undefine --nvram "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
