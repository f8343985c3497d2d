#!/bin/sh
# fault: the metadata end before their last tag
# base: reference
# caught by: metadata::rules::well-formed, metadata::bare-environment, metadata::frozen-daemon
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|</resource-agent>||'
        exit ;;
esac
exec "@AGENT@" "$@"
