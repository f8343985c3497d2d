#!/bin/sh
# fault: reload-agent stops the guest and starts it again
# base: reference
# caught by: interface::reload-keeps-the-guest::reload-agent, reload::reload-agent
case $1 in
    reload-agent) "@AGENT@" stop && exec "@AGENT@" start ;;
esac
exec "@AGENT@" "$@"
