#!/bin/sh
# fault: start leaves a scratch file that no stop removes
# base: reference
# caught by: migrate::quiet-life, interface::quiet-life
if [ "$1" = start ]; then : >"$(mktemp)"; fi
exec "@AGENT@" "$@"
