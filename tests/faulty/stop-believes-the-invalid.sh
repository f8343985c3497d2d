#!/bin/sh
# fault: stop answers success at once where the configuration is not valid
# from: VirtualDomain 4.12 (resource-agents #856)
# base: reference
# caught by: stop::broken-config-while-running::*, stop::bad-parameter-while-running
# caught by: migrate::no-config-on-the-target, daemon::forgotten-without-configuration::*
[ "$1" = stop ] && ! OCF_CHECK_LEVEL=10 "@AGENT@" validate-all 2>/dev/null && exit 0
exec "@AGENT@" "$@"
