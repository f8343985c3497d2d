#!/bin/sh
# fault: stop ends every emulator whose guest has the name of its own
# base: qemu
# caught by: identity::stranger-stop
[ "$1" = stop ] && pkill -KILL -f 'qemu-system-x86_64 .*-name guest=vm1[ ,]'
exec "@AGENT@" "$@"
