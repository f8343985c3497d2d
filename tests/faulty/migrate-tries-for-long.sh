#!/bin/sh
# fault: migrate_to tries for the better part of its timeout to reach a target that does not answer
# base: reference
# caught by: migrate::target-daemon-gone-soon, migrate::target-cut-off
if [ "$1" = migrate_to ]; then
    began=$(date +%s)
    until "@AGENT@" "$@"; do
        [ $(($(date +%s) - began)) -lt 35 ] || exit 1
        sleep 1
    done
    exit 0
fi
exec "@AGENT@" "$@"
