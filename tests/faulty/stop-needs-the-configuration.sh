#!/bin/sh
# fault: stop fails where the configuration is not valid
# from: VirtualDomain until 2081c456c (resource-agents #137)
# base: reference
# caught by: stop::broken-config-while-stopped::*, start::fails-cleanly::missing
# caught by: stop::bad-parameter-while-stopped
# caught by: cluster::configuration-missing-where-wanted
[ "$1" = stop ] && ! OCF_CHECK_LEVEL=10 "@AGENT@" validate-all 2>/dev/null && exit 5
exec "@AGENT@" "$@"
