#!/bin/sh
# fault: migrate_to lets libvirt migrate peer to peer, and stop takes a guest that left meanwhile for stopped
# from: VirtualDomain 4.12 with migrate_options=--p2p
# base: reference
# profile: virtualdomain
# caught by: migrate::peer-to-peer-killed::*, migrate::peer-to-peer-overtakes-the-stops
# caught by: cluster::peer-to-peer-network-cut-and-constraint-gone::*
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
connect="virsh -q -c $OCF_RESKEY_hypervisor"
case $1 in
migrate_to)
    [ -n "$OCF_RESKEY_migration_speed" ] && $connect migrate-setspeed "$vm" "$OCF_RESKEY_migration_speed"
    # shellcheck disable=SC2086 # several options are several words
    $connect migrate --live $OCF_RESKEY_migrate_options "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system"
    exit
    ;;
stop)
    while $connect domstate "$vm" >/dev/null 2>&1; do
        $connect shutdown "$vm" >/dev/null 2>&1
        sleep 1
    done
    exit 0
    ;;
esac
exec "@AGENT@" "$@"
