#!/bin/sh
# fault: reboot of a guest that is defined does not bring it up again
# base: fence
# caught by: fencing::reboot
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=reboot*) input=$(printf '%s\n' "$input" action=off) ;; esac
ask
