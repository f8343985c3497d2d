#!/bin/sh
# fault: stop answers success and leaves the guest running
# base: reference
# caught by: stop::running, stop::killed::50ms, stop::during-reboot, daemon::restart-then-stop
# caught by: lock::stop-lets-go::*, lock::start-on-both-without
# caught by: cluster::migrate-to-killed::*, cluster::never-converging::*, cluster::target-cut-off
# caught by: cluster::not-allowed-to-migrate, cluster::taken-out, cluster::after-a-resource-that-restarts
# caught by: cluster::probe-finds-two::*, cluster::executor-killed-beside-migrate-to
[ "$1" = stop ] && exit 0
exec "@AGENT@" "$@"
