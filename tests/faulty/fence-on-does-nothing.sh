#!/bin/sh
# fault: on says success and starts nothing
# base: fence
# caught by: fencing::on
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=on*) exit 0 ;; esac
ask
