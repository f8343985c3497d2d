#!/bin/sh
# fault: monitor trusts the mark that start has set
# base: lxc
# caught by: monitor::emulator-killed
mark=/run/resource-agents/lxc-mark
if [ "$1" = monitor ] && [ -e "$mark" ]; then
    exit 0
fi
"@AGENT@" "$@"
code=$?
case $1,$code in
    start,0) : >"$mark" ;;
    stop,0) rm -f "$mark" ;;
esac
exit "$code"
