#!/bin/sh
# fault: stop pauses the guest, and leaves its emulator
# base: qemu
# change: /^stop() {/a talk stop >/dev/null && return
# caught by: stop::running, stop::paused
