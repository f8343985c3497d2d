#!/bin/sh
# fault: a probe takes a container whose file is gone for one that does not run
# base: lxc
# caught by: monitor::broken-config-while-running::missing
if [ "$1" = monitor ] && [ ! -f "$OCF_RESKEY_config" ]; then
    exit 7
fi
exec "@AGENT@" "$@"
