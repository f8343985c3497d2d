#!/bin/sh
# fault: the emulator that waits for a guest stays when nobody sends it any more
# base: qemu
# caught by: migrate::killed-while-copying::10, migrate::told-to-end
exec bash -c "$(sed '/"${pids:-$own}" != "$own"/d' "@AGENT@")" "$0" "$@"
