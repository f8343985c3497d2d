#!/bin/sh
# fault: a guest that does not run at the moment is off to it
# from: fence_virsh, to which a guest that sleeps is off
# base: fence
# change: s/list --name "\$@"/list --name --state-running "$@"/
# caught by: fencing::off-paused, fencing::off-asleep
