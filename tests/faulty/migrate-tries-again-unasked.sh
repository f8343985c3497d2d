#!/bin/sh
# fault: migrate_to that failed leaves another attempt behind, which copies the image all the same
# base: reference
# profile: virtualdomain
# caught by: migrate::copies-storage-in-vain
[ "$1" = migrate_to ] || exec "@AGENT@" "$@"
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
connect="virsh -q -c $OCF_RESKEY_hypervisor"
move() {
    # shellcheck disable=SC2086 # several options are several words
    $connect migrate --live $OCF_RESKEY_migrate_options "$vm" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system"
}
move && exit 0
$connect migrate-setspeed "$vm" 1000
# Not at once: the stop on the target would end it.
(sleep 1; move) >/dev/null 2>&1 &
exit 1
