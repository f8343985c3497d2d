#!/bin/sh
# fault: a name with a blank or a percent sign in it is replaced by that of the resource
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::odd-names::blank-name, xen::odd-names::quoted-name
if [ -z "${OCF_RESKEY_name:-}" ] && grep '^name' "$OCF_RESKEY_xmfile" 2>/dev/null | sed 's/.*= *//' | tr -d "\"'" | grep -q '[%[:space:]]'; then
    case $1 in
        monitor) exit 7 ;;
        stop) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
