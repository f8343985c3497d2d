#!/bin/sh
# fault: monitor says not running where the definition cannot be read in time
# base: reference
# caught by: monitor::hanging-folder
if [ "$1" = monitor ]; then timeout -s KILL 2 cat "$OCF_RESKEY_config" >/dev/null 2>&1 || exit 7; fi
exec "@AGENT@" "$@"
