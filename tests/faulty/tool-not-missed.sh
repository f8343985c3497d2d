#!/bin/sh
# fault: without its tool start and migrations fail like any, and validate-all sees nothing wrong
# from: Xen 4.12: "create: not found"
# base: reference
# profile: virtualdomain
# caught by: tool::missing-tool::*, tool::missing-tool-for-a-migration
case $1 in
    start | migrate_*) command -v virsh >/dev/null || exit 1 ;;
    validate-all) exit 0 ;;
esac
exec "@AGENT@" "$@"
