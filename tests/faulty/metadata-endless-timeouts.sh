#!/bin/sh
# fault: the advertised timeout of stop is a day and an hour
# from: VirtualDomain until f234ee4c6 (2014): 90000, which was meant in milliseconds
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::timeouts-cover
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="stop"/s/timeout="[^"]*"/timeout="90000s"/'
        exit ;;
esac
exec "@AGENT@" "$@"
