#!/bin/sh
# fault: monitor takes a vzctl that fails for a container that is down
# from: ocf:heartbeat:ManageVE, which reads the words of a status line whatever the exit code
# base: manageve
# caught by: daemon::monitor-while-running::*, daemon::back-again
if [ "$1" = monitor ] && ! timeout 3 vzctl status 101 >/dev/null 2>&1; then
    exit 7
fi
exec "@AGENT@" "$@"
