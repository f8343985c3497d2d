#!/bin/sh
# fault: a truth value has a number's default
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::types
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's/<content type="boolean" default="false"/<content type="boolean" default="7"/'
        exit ;;
esac
exec "@AGENT@" "$@"
