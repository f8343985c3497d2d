#!/bin/sh
# fault: start of a guest that runs is an error
# from: ManageVE until eaa888d4f (2010)
# base: reference
# caught by: start::running::*, start::driver-active::*, migrate::start-migrated
[ "$1" = start ] && "@AGENT@" monitor 2>/dev/null && exit 1
exec "@AGENT@" "$@"
