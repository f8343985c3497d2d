#!/bin/sh
# no fault: every action takes some seconds more, as on a node that is busy, and the advertised timeouts leave room for it
# base: reference
# passes: interface::unknown-action::*, interface::usage, interface::no-argument, metadata::bare-environment
sleep 5
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's/ timeout="[^"]*"/ timeout="60s"/'
        exit ;;
esac
exec "@AGENT@" "$@"
