#!/bin/sh
# fault: on starts a guest wherever it is defined and off, though it runs on another node
# from: fence_virtd with the backend cpg
# base: fence
# caught by: fencing::on-elsewhere::*
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in
    *action=on*)
        for node in a b; do virsh -q -c "qemu+tcp://$node/system" start vm1 2>/dev/null; done
        exit 0
        ;;
esac
ask
