#!/bin/sh
# fault: memory management gives every domain of the node the same share, and writes it into the file
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::memory-of-others
if [ "${OCF_RESKEY_allow_mem_management:-0}" = 1 ] && [ "$1" = start ]; then
    for domain in $(xl list | awk 'NR > 2 { print $1 }'); do
        xl mem-set "$domain" 16
    done
    sed -i 's/^memory.*/memory = 16/' "$OCF_RESKEY_xmfile"
fi
exec "@AGENT@" "$@"
