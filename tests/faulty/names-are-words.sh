#!/bin/sh
# fault: the guest's name is handed to virsh unquoted, and what virsh then does not find is not running
# from: VirtualDomain 4.12
# base: reference
# caught by: identity::odd-name-outside::blank-name, identity::odd-name-outside::quoted-name
# caught by: identity::odd-name-outside::dashed-name, identity::odd-name-cycle::blank-name
# caught by: identity::odd-name-cycle::quoted-name, identity::odd-name-cycle::dashed-name
name=$(sed -n 's|^ *<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = meta-data ] || virsh -q -c "$OCF_RESKEY_hypervisor" domstate $name >/dev/null 2>&1 || case $1 in
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
