#!/bin/sh
# fault: reload-agent does what start does, which resumes a paused guest
# base: reference
# caught by: reload::paused
case $1 in
    reload-agent) exec "@AGENT@" start ;;
esac
exec "@AGENT@" "$@"
