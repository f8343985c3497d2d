#!/bin/sh
# fault: where the file is missing the guest is taken to have the name of its resource
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::file-missing::*, xen::file-missing-and-named
if [ ! -f "$OCF_RESKEY_xmfile" ]; then
    case $1 in
        monitor) timeout 5 xl list "$OCF_RESOURCE_INSTANCE" >/dev/null 2>&1 || exit 7 ;;
        stop) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
