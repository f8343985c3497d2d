#!/bin/sh
# fault: nothing looks whether there is xl before it is called
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::without-xl::*
if ! command -v xl >/dev/null; then
    case $1 in
        start) exit 1 ;;
        validate-all) exit 0 ;;
    esac
fi
exec "@AGENT@" "$@"
