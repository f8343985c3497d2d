#!/bin/sh
# fault: migrate_to destroys what has the name on the target
# base: reference
# caught by: migrate::stranger-on-the-target
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = migrate_to ] && virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" destroy "$vm" >/dev/null 2>&1
exec "@AGENT@" "$@"
