#!/bin/sh
# fault: reboot resets the guest, whose emulator goes on
# base: fence
# caught by: fencing::reboot-ends-it
input=$(cat)
ask() { printf '%s\n' "$input" | "@AGENT@"; }
case $input in
    *action=reboot*) exec virsh -q -c qemu:///system suspend vm1 ;;
esac
ask
