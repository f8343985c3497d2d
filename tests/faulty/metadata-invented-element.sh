#!/bin/sh
# fault: the metadata have an element that the schema does not know
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::valid
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|<parameters>|<author>me</author><parameters>|'
        exit ;;
esac
exec "@AGENT@" "$@"
