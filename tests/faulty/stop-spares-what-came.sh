#!/bin/sh
# fault: stop leaves a guest alone that came to its node by a migration
# base: reference
# profile: virtualdomain
# caught by: cluster::peer-to-peer-constraint-comes-and-goes
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.own
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
case $1 in
    # The guest is to come although the lab would hold it back.
    migrate_to) virsh -q -c "$OCF_RESKEY_hypervisor" migrate-setspeed "$vm" 1000 ;;
    start) : >"$file" ;;
    stop) [ -e "$file" ] && rm "$file" || exit 0 ;;
esac
exec "@AGENT@" "$@"
