#!/bin/sh
# fault: two resources may have one configuration file
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::identity-unique
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<parameter name="config"/s/ unique[-a-z]*="[^"]*"//g'
        exit ;;
esac
exec "@AGENT@" "$@"
