#!/bin/sh
# fault: stop takes a vzctl that fails for a container that is down, and says success
# from: ocf:heartbeat:ManageVE, which reads the words of a status line whatever the exit code
# base: manageve
# caught by: daemon::stop-while-running::*
if [ "$1" = stop ] && ! timeout 3 vzctl status 101 >/dev/null 2>&1; then
    exit 0
fi
exec "@AGENT@" "$@"
