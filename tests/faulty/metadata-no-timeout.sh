#!/bin/sh
# fault: the advertised timeout of start is 0
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::timeouts-cover
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="start"/s/timeout="[^"]*"/timeout="0"/'
        exit ;;
esac
exec "@AGENT@" "$@"
