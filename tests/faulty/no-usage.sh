#!/bin/sh
# fault: usage and help are no actions
# from: VirtualDomain since 45b28c0f6 (2016)
# base: reference
# caught by: interface::usage
case $1 in
    usage | help) exit 3 ;;
esac
exec "@AGENT@" "$@"
