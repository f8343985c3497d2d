#!/bin/sh
# fault: without its tool start fails like any start, and validate-all sees nothing wrong
# from: Xen 4.12: "create: not found"
# base: reference
# profile: virtualdomain
# caught by: tool::missing-tool::*
case $1 in
    start) command -v virsh >/dev/null || exit 1 ;;
    validate-all) exit 0 ;;
esac
exec "@AGENT@" "$@"
