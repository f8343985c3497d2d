#!/bin/sh
# fault: the advertised timeouts are in milliseconds, and are read as seconds
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::timeouts-cover
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="monitor"/s/timeout="[^"]*"/timeout="20000"/'
        exit ;;
esac
exec "@AGENT@" "$@"
