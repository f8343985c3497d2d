#!/bin/sh
# fault: stop answers success and leaves the guest running
# base: reference
# caught by: stop::running, stop::killed::50ms, stop::during-reboot, daemon::restart-then-stop
[ "$1" = stop ] && exit 0
exec "@AGENT@" "$@"
