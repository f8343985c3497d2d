#!/bin/sh
# fault: every third monitor takes the guest for gone
# from: Xen until 43c5b1237 (resource-agents #308): a guest that reboots is gone
# base: reference
# caught by: monitor::reboot, daemon::restarts
# caught by: cluster::reboot
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.count
case $1 in
    monitor)
        count=$(cat "$file" 2>/dev/null)
        echo $((count + 1)) >"$file"
        [ $((count % 3)) = 2 ] && exit 7 ;;
    stop) rm -f "$file" ;;
esac
exec "@AGENT@" "$@"
