#!/bin/sh
# fault: it reads action in small letters alone
# base: fence
# caught by: fencing::capitals
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=[A-Z]*) exit 1 ;; esac
ask
