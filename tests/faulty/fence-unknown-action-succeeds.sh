#!/bin/sh
# fault: an action that it does not know is a success
# base: fence
# caught by: fencing::unknown-action
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=no_such_action*) exit 0 ;; esac
ask
