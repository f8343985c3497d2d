#!/bin/sh
# fault: start waits without end for the guest's disk to answer
# base: reference
# caught by: start::hanging-disk
socket=$(sed -n "s|.*socket='\([^']*\)'.*|\1|p" "$OCF_RESKEY_config" | head -n 1)
if [ "$1" = start ]; then qemu-img info -U "nbd:unix:$socket" >/dev/null 2>&1; fi
exec "@AGENT@" "$@"
