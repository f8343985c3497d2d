#!/bin/sh
# fault: the metadata tell nothing of locks
# from: VirtualDomain 4.12, which tells nothing of paused, crashed and suspended guests either
# base: reference
# caught by: metadata::rules-at-once::free
# caught by: metadata::rules::treatment
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/^Locks:/,/^$/d'
        exit ;;
esac
exec "@AGENT@" "$@"
