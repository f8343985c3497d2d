#!/bin/sh
# no fault: it keeps a log of its own below /var/log, as root may on any node
# from: ClusterLabs/anvil and many agents with a log of their own
# base: reference
# passes: start::absent, stop::running
echo "$1" >>/var/log/my-agent.log || exit 1
exec "@AGENT@" "$@"
