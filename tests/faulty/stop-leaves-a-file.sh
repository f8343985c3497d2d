#!/bin/sh
# fault: stop leaves a file behind
# base: reference
# caught by: start::leaves-no-definition::absent
[ "$1" = start ] && touch "/run/resource-agents/$OCF_RESOURCE_INSTANCE.leftover"
exec "@AGENT@" "$@"
