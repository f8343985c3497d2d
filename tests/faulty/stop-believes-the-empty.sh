#!/bin/sh
# fault: stop without the configuration's path has nothing to do
# from: agents that take what they cannot name for absent
# base: reference
# caught by: stop::without-parameters, stop::without-parameters-ends-it
[ "$1" = stop ] && [ -z "$OCF_RESKEY_config" ] && exit 0
exec "@AGENT@" "$@"
