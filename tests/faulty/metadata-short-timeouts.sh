#!/bin/sh
# fault: the advertised timeout of stop is shorter than libvirt takes to kill
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::timeouts-cover
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<action name="stop"/s/timeout="[^"]*"/timeout="20s"/'
        exit ;;
esac
exec "@AGENT@" "$@"
