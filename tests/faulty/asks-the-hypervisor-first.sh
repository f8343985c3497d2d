#!/bin/sh
# fault: the hypervisor is asked before the action is looked at
# from: VirtualDomain until 269fae1a7 (2013) and c17cdaa0a (2014)
# base: reference
# profile: virtualdomain
# caught by: metadata::frozen-daemon, tool::hanging-tool-and-meta-data, tool::no-call-without-need::*
timeout 3 virsh uri >/dev/null 2>&1 || exit 1
exec "@AGENT@" "$@"
