#!/bin/sh
# fault: a guest that is on two nodes, as one that migrates, is off to it
# base: fence
# caught by: fencing::off-in-flight::*, fencing::off-in-flight-ends-both::*, fencing::status-in-flight::*
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
count=0
for node in a b; do
    ! virsh -q -c "qemu+tcp://$node/system" list --name | grep -Fqx vm1 || count=$((count + 1))
done
case $count$input in
    2*action=off*) exit 0 ;;
    2*action=status*) exit 2 ;;
esac
ask
