#!/bin/sh
# fault: every action reads the definition first, and passes on the code of the timeout that ended that
# base: reference
# caught by: monitor::hanging-folder, stop::hanging-folder, start::hanging-folder
case $1 in
start | stop | monitor) timeout 3 cat "$OCF_RESKEY_config" >/dev/null 2>&1 || [ $? != 124 ] || exit 124 ;;
esac
exec "@AGENT@" "$@"
