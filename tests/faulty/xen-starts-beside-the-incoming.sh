#!/bin/sh
# fault: start knows no guest that is still on its way as NAME--incoming, and creates another beside it
# from: ocf:heartbeat:Xen 4.12, whose start asks for NAME alone
# base: xen
# caught by: migrate::start-target-while-copying
if [ "$1" = start ] && ! xl list vm1 >/dev/null 2>&1; then
    exec xl create "$OCF_RESKEY_xmfile" >&2
fi
exec "@AGENT@" "$@"
