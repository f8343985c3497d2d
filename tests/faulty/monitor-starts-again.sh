#!/bin/sh
# fault: monitor starts a guest again that it finds stopped, behind the cluster's back
# base: reference
# caught by: monitor::emulator-killed, interface::looking-changes-nothing::absent
[ "$1" = monitor ] || exec "@AGENT@" "$@"
"@AGENT@" "$@"
code=$?
[ $code = 7 ] && "@AGENT@" start >/dev/null 2>&1
exit $code
