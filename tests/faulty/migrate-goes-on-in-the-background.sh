#!/bin/sh
# fault: migrate_to that fails leaves an attempt behind that waits for the target, and stop takes a guest that left for stopped
# base: reference
# caught by: cluster::network-cut-and-constraint-gone
there=qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system
connect="virsh -q -c $OCF_RESKEY_hypervisor"
export there connect
case $1 in
migrate_to)
    # shellcheck disable=SC2016 # for the inner shell
    setsid sh -c '
        for i in $(seq 40); do
            timeout 0.5 virsh -q -c "$there" list && exec $connect migrate --live vm1 "$there"
        done' >/dev/null 2>&1 &
    sleep 1
    exit 1
    ;;
stop)
    $connect shutdown vm1 >/dev/null 2>&1
    while $connect domstate vm1 >/dev/null 2>&1; do sleep 0.2; done
    exit 0
    ;;
esac
exec "@AGENT@" "$@"
