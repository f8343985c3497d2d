#!/bin/sh
# fault: monitor is advertised without an interval
# base: reference
# caught by: metadata::rules-at-once::free
# caught by: metadata::rules::monitor-interval
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="monitor"/s/ interval="[^"]*"//'
        exit ;;
esac
exec "@AGENT@" "$@"
