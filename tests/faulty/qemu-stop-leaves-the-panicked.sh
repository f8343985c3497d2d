#!/bin/sh
# fault: stop fails where the guest has panicked and cannot obey its power button
# base: qemu
# caught by: stop::guest-cannot-react::crashed
[ "$1" = stop ] && "@AGENT@" monitor 2>&1 | grep -q guest-panicked && exit 1
exec "@AGENT@" "$@"
