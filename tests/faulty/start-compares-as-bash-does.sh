#!/bin/bash
# fault: start compares a text that is no number, and bash says so on standard error
# base: reference
# caught by: interface::no-shell-errors-in-a-life
if [ "$1" = start ] && [ "$OCF_RESOURCE_INSTANCE" -gt 0 ]; then exit 1; fi
exec "@AGENT@" "$@"
