#!/bin/sh
# fault: start looks for a file of its own instead of an emulator, and begins a second one on the same disk
# from: agents that trust a file with a process id
# base: qemu
# caught by: start::running::running
if [ "$1" = start ] && pgrep -f "qemu-system.*$OCF_RESKEY_disk" >/dev/null; then
    exec qemu-system-x86_64 -accel tcg -machine pc -m 8 -nodefaults -display none -daemonize -bios "$OCF_RESKEY_bios" \
        -drive "file=$OCF_RESKEY_disk,format=raw,if=ide,cache=none"
fi
exec "@AGENT@" "$@"
