#!/bin/sh
# fault: every monitor leaves a scratch file
# base: reference
# caught by: interface::quiet-life
if [ "$1" = monitor ]; then : >"$(mktemp)"; fi
exec "@AGENT@" "$@"
