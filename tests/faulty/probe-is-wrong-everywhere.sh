#!/bin/sh
# fault: a probe with parameters that are not valid answers 6, which the cluster obeys on every node
# from: Xen 4.12, where shutdown_timeout is no number
# base: reference
# caught by: monitor::bad-parameter-while-running, monitor::broken-config-while-running::missing
# caught by: monitor::broken-config-while-running::truncated
[ "$1" = monitor ] && ! OCF_CHECK_LEVEL=10 "@AGENT@" validate-all 2>/dev/null && exit 6
exec "@AGENT@" "$@"
