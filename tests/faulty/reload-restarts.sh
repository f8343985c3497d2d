#!/bin/sh
# fault: reload stops the guest and starts it again
# base: reference
# caught by: interface::reload-keeps-the-guest
case $1 in
reload) "@AGENT@" stop && exec "@AGENT@" start ;;
meta-data) "@AGENT@" "$@" | sed 's,<action name="monitor",<action name="reload" timeout="60s"/>&,' && exit ;;
esac
exec "@AGENT@" "$@"
