#!/bin/sh
# fault: of an option that is given twice the first value counts
# base: fence
# caught by: fencing::last-value
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
input=$(printf '%s\n' "$input" | sort -s -t= -k1,1 -u)
ask
