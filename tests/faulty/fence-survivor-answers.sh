#!/bin/sh
# fault: the fence daemon that is left calls a guest off that it has never heard of
# from: fence_virtd 4.12 with the backend cpg (do_real_work in agents/virt/server/cpg-virt.c)
# base: fence
# profile: fence_xvm
# caught by: fencing-daemon::off::*
exec /usr/sbin/fence_xvm
