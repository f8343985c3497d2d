#!/bin/sh
# no fault: monitor is advertised without an interval, which OCF 1.1 calls optional
# from: ClusterLabs/anvil, ocf:alteeve:server
# base: reference
# passes: metadata::rules::*
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's/\(<action name="monitor"[^>]*\) interval="[^"]*"/\1/'
        exit ;;
esac
exec "@AGENT@" "$@"
