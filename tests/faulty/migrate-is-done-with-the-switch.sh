#!/bin/sh
# fault: migrate_to takes a post-copy that failed for done, since the guest had gone on elsewhere by then
# base: reference
# profile: virtualdomain
# caught by: migrate::post-copy-lost-by-the-agent
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
connect="virsh -q -c $OCF_RESKEY_hypervisor"
if [ "$1" = migrate_to ]; then
    # shellcheck disable=SC2086 # several options are several words
    $connect migrate --live $OCF_RESKEY_migrate_options "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" ||
        $connect domstate --reason "$vm" | grep -q post-copy
    exit
fi
exec "@AGENT@" "$@"
