#!/bin/sh
# fault: start looks at the guest's disk first, and passes on the code of the timeout that ended that
# base: reference
# caught by: start::hanging-disk
socket=$(sed -n "s|.*socket='\([^']*\)'.*|\1|p" "$OCF_RESKEY_config" | head -n 1)
if [ "$1" = start ]; then timeout 5 qemu-img info -U "nbd:unix:$socket" >/dev/null 2>&1 || [ $? != 124 ] || exit 124; fi
exec "@AGENT@" "$@"
