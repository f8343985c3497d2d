#!/bin/sh
# fault: an option that it does not know is an error
# base: fence
# caught by: fencing::unknown-options
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
printf '%s\n' "$input" | grep -Eqv '^(action|port|nodename)=' && exit 1
ask
