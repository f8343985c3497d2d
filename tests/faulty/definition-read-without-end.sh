#!/bin/sh
# fault: every action reads the definition first, and waits for its file system without end
# base: reference
# caught by: monitor::hanging-folder, stop::hanging-folder, start::hanging-folder
case $1 in
start | stop | monitor) cat "$OCF_RESKEY_config" >/dev/null 2>&1 ;;
esac
exec "@AGENT@" "$@"
