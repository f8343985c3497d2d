#!/bin/sh
# fault: status says on of every guest
# base: fence
# caught by: fencing::status::off-asked-on-a, fencing::status::off-asked-on-b
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=status*) exit 0 ;; esac
ask
