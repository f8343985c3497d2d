#!/bin/sh
# fault: a file that is missing here is called wrong on every node
# from: VirtualDomain until b50397851 (LF1982)
# base: reference
# caught by: validate::config-not-here::*, validate::config-not-here-at-level-zero
case $1 in
    start | validate-all) [ -f "$OCF_RESKEY_config" ] || exit 6 ;;
esac
exec "@AGENT@" "$@"
