#!/bin/sh
# fault: monitor has no other answer than not_running
# base: reference
# caught by: monitor::state::running, monitor::driver-state::running, monitor::emulator-frozen
# caught by: interface::mandatory-actions
[ "$1" = monitor ] && exit 7
exec "@AGENT@" "$@"
