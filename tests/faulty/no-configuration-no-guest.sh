#!/bin/sh
# fault: without its configuration the guest is taken for absent, and migrate_to does not look whether it is at the target
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: cluster::configuration-missing-on-the-target, cluster::configuration-removed
if ! [ -r "$OCF_RESKEY_config" ]; then
    case $1 in
        start | migrate_from) exit 5 ;;
        stop) exit 0 ;;
        monitor) [ -n "$OCF_RESKEY_CRM_meta_interval" ] && exit 1; exit 7 ;;
    esac
fi
if [ "$1" = migrate_to ]; then
    virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live vm1 \
        "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" >/dev/null 2>&1 || exit 1
    exit 0
fi
exec "@AGENT@" "$@"
