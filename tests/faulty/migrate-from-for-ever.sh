#!/bin/sh
# fault: migrate_from waits until it is killed
# from: VirtualDomain 4.12
# base: reference
# caught by: migrate::nothing-came
if [ "$1" = meta-data ]; then
    "@AGENT@" meta-data | sed '/<action name="migrate_from"/s/timeout="[^"]*"/timeout="12s"/'
    exit
fi
if [ "$1" = migrate_from ]; then
    until "@AGENT@" monitor 2>/dev/null; do sleep 1; done
    exit 0
fi
exec "@AGENT@" "$@"
