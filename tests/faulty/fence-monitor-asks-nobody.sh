#!/bin/sh
# fault: monitor says success without asking any hypervisor
# from: fence_virtd with the backend cpg
# base: fence
# caught by: fencing::monitor-without-hypervisor
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in *action=monitor*) exit 0 ;; esac
ask
