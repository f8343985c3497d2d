#!/bin/sh
# fault: off says success whatever became of it
# base: fence
# caught by: fencing::off-cut-off, fencing::off-daemon-gone::*
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
ask
code=$?
case $input in *action=off*) exit 0 ;; esac
exit $code
