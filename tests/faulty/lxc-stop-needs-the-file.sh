#!/bin/sh
# fault: stop takes a container whose file is gone for one that has ended
# from: ocf:heartbeat:lxc says there that nothing is installed, and so neither stops the container nor claims it
# base: lxc
# caught by: stop::broken-config-while-running::missing
if [ "$1" = stop ] && [ ! -f "$OCF_RESKEY_config" ]; then
    exit 0
fi
exec "@AGENT@" "$@"
