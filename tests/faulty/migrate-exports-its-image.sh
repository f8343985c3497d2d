#!/bin/sh
# fault: migrate_to goes on offering the image that it has copied to whoever connects
# base: reference
# profile: virtualdomain
# caught by: migrate::copies-storage
[ "$1" = migrate_to ] || exec "@AGENT@" "$@"
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
# shellcheck disable=SC2086 # several options are several words
virsh -q -c "$OCF_RESKEY_hypervisor" migrate --live $OCF_RESKEY_migrate_options "$vm" \
    "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" || exit
image=$(sed -n "s|.*<source file='\(.*\)'/>.*|\1|p" "$OCF_RESKEY_config")
qemu-nbd --fork --persistent --format raw --socket /run/exported "$image"
