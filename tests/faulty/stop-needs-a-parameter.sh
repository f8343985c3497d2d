#!/bin/sh
# fault: stop without the configuration's path is an error, and the node is fenced
# from: VirtualDomain 4.12
# base: reference
# caught by: stop::without-parameters-ends-it
# caught by: cluster::taken-out-after-a-refresh
[ "$1" = stop ] && [ -z "$OCF_RESKEY_config" ] && exit 6
exec "@AGENT@" "$@"
