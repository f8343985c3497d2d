#!/bin/sh
# fault: off stops the guest's processors and leaves its emulator
# base: fence
# caught by: fencing::off::*, fencing::off-wherever::*
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in
    *action=off*)
        for node in a b; do virsh -q -c "qemu+tcp://$node/system" suspend vm1 2>/dev/null; done
        exit 0
        ;;
esac
ask
