#!/bin/sh
# fault: every action answers err_installed where a tool is missing that an option would like to use
# from: VirtualDomain 4.12, csync2
# base: reference
# profile: virtualdomain
# caught by: tool::optional-tool-gone::*
[ -n "$OCF_RESKEY_sync_config_on_stop" ] && { command -v csync2 >/dev/null || exit 5; }
[ -n "$OCF_RESKEY_save_config_on_stop" ] && { command -v virt-xml-validate >/dev/null || exit 5; }
exec "@AGENT@" "$@"
