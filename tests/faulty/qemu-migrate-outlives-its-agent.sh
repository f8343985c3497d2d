#!/bin/sh
# fault: the emulator that waits for a guest stays when nobody sends it any more
# base: qemu
# change: /"${pids:-$own}" != "$own"/d
# caught by: migrate::killed-while-copying::10, migrate::told-to-end
