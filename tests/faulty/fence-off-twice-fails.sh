#!/bin/sh
# fault: off of a guest that is off is a failure
# from: fence_virsh, of a guest without a definition
# base: fence
# caught by: fencing::off-shut-off, fencing::off-unknown
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in
    *action=off*) printf '%s\n' "$input" action=status | "@AGENT@" || exit 1 ;;
esac
ask
