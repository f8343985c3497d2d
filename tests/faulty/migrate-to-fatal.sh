#!/bin/sh
# fault: migrate_to answers 6 when the target's daemon is away
# base: reference
# caught by: migrate::target-daemon-gone, migrate::target-daemon-gone-soon
[ "$1" = migrate_to ] || exec "@AGENT@" "$@"
"@AGENT@" "$@" || exit 6
