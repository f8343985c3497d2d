#!/bin/sh
# fault: stop leaves every guest alone that virsh calls anything but running
# from: rgmanager's vm.sh, lines 551-552
# base: reference-vm
# profile: reference-vm-virsh.yaml
# caught by: rgm::stop-of-a-state-by-word::*
export PATH=/usr/bin:/bin
[ "$1" = stop ] && { virsh -c qemu:///system domstate vm1 2>/dev/null | grep -q running || exit 0; }
exec "@AGENT@" "$@"
