#!/bin/sh
# fault: stop writes out what the guest's disk holds first, and waits for it without end
# base: reference
# caught by: stop::hanging-disk
socket=$(sed -n "s|.*socket='\([^']*\)'.*|\1|p" "$OCF_RESKEY_config" | head -n 1)
if [ "$1" = stop ]; then timeout 30 qemu-img info -U "nbd:unix:$socket" >/dev/null 2>&1 || exit 1; fi
exec "@AGENT@" "$@"
