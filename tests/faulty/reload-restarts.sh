#!/bin/sh
# fault: reload and reload-agent stop the guest and start it again
# base: reference
# caught by: interface::reload-keeps-the-guest::*
case $1 in
reload | reload-agent) "@AGENT@" stop && exec "@AGENT@" start ;;
meta-data)
    more='<action name="reload" timeout="60s"/><action name="reload-agent" timeout="60s"/>'
    "@AGENT@" "$@" | sed "s,<action name=\"monitor\",$more&,"
    exit ;;
esac
exec "@AGENT@" "$@"
