#!/bin/sh
# fault: migrate_to answers success and does nothing
# from: lxc until cb70795b9 (2011)
# base: reference
# caught by: daemon::migrate-to::*, migrate::no-target, migrate::not-running-here::*, migrate::target-cut-off
# caught by: migrate::target-daemon-gone, migrate::target-daemon-gone-soon, migrate::target-daemon-hangs
# caught by: migrate::repeated-to, migrate::there-and-back, migrate::whole::tcp
[ "$1" = migrate_to ] && exit 0
exec "@AGENT@" "$@"
