#!/bin/sh
# fault: stop looks at the guest's disk first, and fails when it does not answer
# base: reference
# caught by: stop::hanging-disk
socket=$(sed -n "s|.*socket='\([^']*\)'.*|\1|p" "$OCF_RESKEY_config" | head -n 1)
if [ "$1" = stop ]; then timeout 5 qemu-img info -U "nbd:unix:$socket" >/dev/null 2>&1 || [ $? != 124 ] || exit 1; fi
exec "@AGENT@" "$@"
