#!/bin/sh
# fault: the guest's name loses every letter that is not ASCII, and what virsh then does not find is not running
# from: libvirtd itself under LC_ALL=C, which cuts such names
# base: reference
# caught by: identity::odd-name-outside::unicode-name, identity::odd-name-cycle::unicode-name
name=$(sed -n 's|^ *<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config" | LC_ALL=C tr -cd '[:alnum:]-')
[ "$1" = meta-data ] || virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$name" >/dev/null 2>&1 || case $1 in
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
