#!/bin/sh
# fault: without the name of a guest it takes the one that it knows
# base: fence
# caught by: fencing::no-guest-named::*
input=$(cat)
printf '%s\n' "$input" | sh -c "$(sed 's/ port=$/ port=vm1/' "@AGENT@")"
