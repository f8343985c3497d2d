#!/bin/sh
# fault: start compares a text that is no number, and bash says so on standard error
# base: reference
# caught by: interface::quiet-life
text=$OCF_RESOURCE_INSTANCE
if [ "$1" = start ]; then bash -c "[ $text -gt 0 ]"; fi
exec "@AGENT@" "$@"
