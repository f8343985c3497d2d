#!/bin/sh
# fault: stop takes whatever virsh says with an error for a stopped guest
# from: rgmanager's vm.sh, lines 551-552
# base: reference-vm
# profile: reference-vm-virsh.yaml
# caught by: rgm::stop-with-a-failing-tool
[ "$1" = stop ] && { virsh -c qemu:///system domstate vm1 >/dev/null 2>&1 || exit 0; }
exec "@AGENT@" "$@"
