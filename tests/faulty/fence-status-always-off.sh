#!/bin/sh
# fault: status says off of every guest
# base: fence
# caught by: fencing::status::running-asked-on-a, fencing::status::running-asked-on-b
# caught by: fencing::status-elsewhere::*, fencing::status-in-flight::*
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=status*) exit 2 ;; esac
ask
