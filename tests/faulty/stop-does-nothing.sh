#!/bin/sh
# fault: stop answers success and leaves the guest running
# base: reference
# caught by: stop::running, stop::killed::50ms, stop::during-reboot, daemon::restart-then-stop
# caught by: lock::stop-lets-go::*, lock::start-on-both-without
[ "$1" = stop ] && exit 0
exec "@AGENT@" "$@"
