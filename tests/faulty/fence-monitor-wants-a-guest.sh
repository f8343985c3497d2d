#!/bin/sh
# fault: monitor fails, for it is told no guest
# base: fence
# caught by: fencing::monitor
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=monitor*) exit 1 ;; esac
ask
