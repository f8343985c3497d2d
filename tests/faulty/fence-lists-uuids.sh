#!/bin/sh
# fault: list names guests by their UUIDs alone
# base: fence
# caught by: fencing::list
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=list*) exec virsh -q -c qemu:///system list --all --uuid ;; esac
ask
