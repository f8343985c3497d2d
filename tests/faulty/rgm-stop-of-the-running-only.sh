#!/bin/sh
# fault: stop ends a guest that runs, and spares whatever else has an emulator
# from: rgmanager's vm.sh, lines 551-552
# base: reference-vm
# caught by: rgm::stop-of-each-state::*
export PATH=/usr/bin:/bin
[ "$1" = stop ] && { virsh -c qemu:///system domstate vm1 2>/dev/null | grep -q running || exit 0; }
exec "@AGENT@" "$@"
