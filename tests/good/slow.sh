#!/bin/sh
# no fault: every action takes some seconds more, as on a node that is busy, and the advertised timeouts leave room for it
# base: reference
# passes: daemon::monitor-while-running::*, daemon::monitor-while-stopped::freeze, daemon::start-while-stopped::freeze
# passes: daemon::stop-while-running::freeze, daemon::migrate-to::freeze, environment::no-timeout-variable
# passes: interface::unknown-action::*, metadata::bare-environment, metadata::frozen-daemon
# passes: stop::deaf-guest, stop::paused, stop::io-error, stop::paused-without-waiting, stop::forced
# passes: stop::inactive-definition::shutoff, migrate::stop-source-cut-off, migrate::monitor-during
# passes: migrate::start-target-while-copying, migrate::from-while-copying, migrate::not-running-here::absent
# passes: migrate::no-config-on-the-target, migrate::target-cut-off
sleep 5
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's/ timeout="[^"]*"/ timeout="60s"/'
        exit ;;
esac
exec "@AGENT@" "$@"
