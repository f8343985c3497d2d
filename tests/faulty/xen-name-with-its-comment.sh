#!/bin/sh
# fault: the name is all that follows the equals sign, a comment behind it included
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::odd-names::commented
if grep -q '^name.*#' "$OCF_RESKEY_xmfile" 2>/dev/null; then
    case $1 in
        monitor) exit 7 ;;
        stop) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
