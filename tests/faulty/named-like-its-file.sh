#!/bin/sh
# fault: the guest is looked for under the name of its definition's file
# from: none known; libvirt itself names its files so
# base: reference
# caught by: identity::config-form-outside::mixed
# caught by: identity::config-form-cycle::other-file-name, identity::config-form-outside::other-file-name
name=$(basename "$OCF_RESKEY_config" .xml)
virsh -q -c "$OCF_RESKEY_hypervisor" domstate --domain "$name" >/dev/null 2>&1 || case $1 in
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
