#!/bin/sh
# fault: stop of a stopped guest answers not_running
# base: reference
# caught by: stop::repeated::*, daemon::stop-while-stopped, stop::inactive-definition::shutoff
if [ "$1" = stop ]; then
    "@AGENT@" monitor 2>/dev/null
    [ $? = 7 ] && exit 7
fi
exec "@AGENT@" "$@"
