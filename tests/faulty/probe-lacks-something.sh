#!/bin/sh
# fault: a monitor that fails says that something is not installed here
# from: agents that pass their validation's 5 on; the cluster takes a probe's 5 for not running
# base: reference
# caught by: monitor::bad-parameter-while-running, daemon::forgotten-monitor
# caught by: monitor::broken-config-while-running::missing, monitor::state::crashed, monitor::driver-state::crashed
# caught by: daemon::monitor-while-running::stop
if [ "$1" = monitor ]; then
    OCF_CHECK_LEVEL=10 "@AGENT@" validate-all 2>/dev/null || exit 5
    virsh -q -c "${OCF_RESKEY_hypervisor:-qemu:///system}" domid vm1 >/dev/null 2>&1 || exit 5
    "@AGENT@" "$@"
    code=$?
    [ $code = 1 ] && exit 5
    exit $code
fi
exec "@AGENT@" "$@"
