#!/bin/sh
# fault: monitor has no other answer than success
# base: reference
# caught by: monitor::state::shutoff, monitor::state::absent, monitor::powered-off, monitor::emulator-killed
# caught by: monitor::driver-state::nostate, monitor::driver-state::shutoff, start::fails-then-monitor
# caught by: monitor::broken-config-while-stopped::*
[ "$1" = monitor ] && exit 0
exec "@AGENT@" "$@"
