#!/bin/sh
# fault: the advertised timeouts of stop and migrate_to are what they take on an idle machine
# base: reference
# caught by: cluster::advertised-timeout-of-migrate-to, cluster::advertised-timeout-of-stop
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/name="\(migrate_to\|stop\)"/s/timeout="[^"]*"/timeout="2s"/'
    exit
fi
exec "@AGENT@" "$@"
