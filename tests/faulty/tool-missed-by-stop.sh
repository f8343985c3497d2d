#!/bin/sh
# fault: without its tool every action answers err_installed, stop too
# base: reference
# profile: virtualdomain
# caught by: tool::missing-tool-while-stopped
command -v virsh >/dev/null || exit 5
exec "@AGENT@" "$@"
