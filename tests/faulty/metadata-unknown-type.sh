#!/bin/sh
# fault: a parameter has a type that is none
# from: Xen until 25ccb4c01 (bnc#637525)
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::valid
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's/<content type="boolean"/<content type="bool"/'
        exit ;;
esac
exec "@AGENT@" "$@"
