#!/bin/sh
# fault: a parameter is described by nothing
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::texts
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<parameter name="config"/,/<.parameter>/s|\(<shortdesc[^>]*>\)[^<]*|\1|'
        exit ;;
esac
exec "@AGENT@" "$@"
