#!/bin/sh
# fault: a start is noted when it is over, and stop ends nothing that is not noted
# base: reference
# caught by: stop::killed-after-a-killed-start
# caught by: start::killed::*
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.started
case $1 in
    start)
        setsid "@AGENT@" start </dev/null >/dev/null 2>&1 &
        wait $! || exit
        sleep 2
        touch "$file"
        exit 0 ;;
    stop) [ -e "$file" ] || { sleep 2; exit 0; }
        rm -f "$file" ;;
esac
exec "@AGENT@" "$@"
