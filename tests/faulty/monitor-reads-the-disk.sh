#!/bin/sh
# fault: monitor reads the guest's disk and takes one that does not answer for a stopped guest
# from: apache/cloudstack issue 2890 (2018): a check of the storage decides whether machines are alive
# base: reference
# caught by: monitor::hanging-disk
socket=$(sed -n "s|.*socket='\([^']*\)'.*|\1|p" "$OCF_RESKEY_config" | head -n 1)
if [ "$1" = monitor ]; then
    timeout 3 qemu-img dd -U -O raw bs=512 count=1 "if=nbd:unix:$socket" of=/dev/null >/dev/null 2>&1 ||
        timeout 3 qemu-img info -U "nbd:unix:$socket" >/dev/null 2>&1 || exit 7
fi
exec "@AGENT@" "$@"
