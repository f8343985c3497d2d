#!/bin/sh
# fault: stop fails while the other node cannot be asked whether the guest runs there
# base: reference
# caught by: migrate::target-power-cut, migrate::source-power-cut
case $(uname -n) in a) other=b ;; *) other=a ;; esac
if [ "$1" = stop ]; then timeout 8 virsh -q -c "qemu+tcp://$other/system" list >/dev/null 2>&1 || exit 1; fi
exec "@AGENT@" "$@"
