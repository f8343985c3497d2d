#!/bin/sh
# fault: it knows one host alone, and takes a guest that is not there for one that is off
# from: fence_virsh with missing_as_off, asked about a guest of another host
# base: fence
# caught by: fencing::off-elsewhere::*, fencing::off-wherever::*, fencing::status-elsewhere::*
input=$(cat)
printf '%s\n' "$input" | sh -c "$(sed "s/^nodes='a b'/nodes=a/" "@AGENT@")"
