#!/bin/sh
# fault: reload-agent is advertised and not implemented
# base: reference
# caught by: reload::reload-agent
case $1 in
    reload-agent) exit 3 ;;
esac
exec "@AGENT@" "$@"
