#!/bin/sh
# fault: reload-agent stops the guest when force_stop was changed
# base: reference
# caught by: reload::reload-agent
case $1$OCF_RESKEY_force_stop in
    reload-agenttrue) exec "@AGENT@" stop ;;
esac
exec "@AGENT@" "$@"
