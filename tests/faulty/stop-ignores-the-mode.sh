#!/bin/sh
# fault: stop asks by the default mode, whatever is configured
# from: VirtualDomain 4.12, which reads another variable
# base: virtualdomain
# caught by: tool::shutdown-mode
unset OCF_RESKEY_shutdown_mode OCF_RESKEY_CRM_shutdown_mode
exec "@AGENT@" "$@"
