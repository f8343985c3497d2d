#!/bin/sh
# fault: a probe with parameters that are not valid denies the guest
# from: VirtualDomain 4.12 (resource-agents #1231)
# base: reference
# caught by: monitor::bad-parameter-while-running, monitor::broken-config-while-running::missing
# caught by: monitor::broken-config-while-running::unreadable, monitor::broken-config-while-running::truncated
[ "$1" = monitor ] && ! OCF_CHECK_LEVEL=10 "@AGENT@" validate-all 2>/dev/null && exit 7
exec "@AGENT@" "$@"
