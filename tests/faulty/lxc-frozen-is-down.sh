#!/bin/sh
# fault: a container that its operator has frozen is taken for one that does not run
# from: ocf:heartbeat:lxc 4.12.0, to which every word of lxc-info but RUNNING says so
# base: lxc
# caught by: monitor::state::paused, stop::paused
if lxc-info -n "$OCF_RESKEY_container" -s 2>/dev/null | grep -q FROZEN; then
    case $1 in
        stop) exit 0 ;;
        monitor) exit 7 ;;
    esac
fi
exec "@AGENT@" "$@"
