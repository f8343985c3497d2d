#!/bin/sh
# fault: a start waits for no stop
# caught by: scheduler::base-moves-too, scheduler::clone-moves-too, scheduler::migrate-to-failed::*, scheduler::migrate-from-failed::*, scheduler::half-done::allowed-back, scheduler::all-but-stopped::allowed-back
"@SCHEDULER@" "$@" || exit
case "$*" in
*--run*) sed -i '/<trigger>/{N;N;/operation="stop"/d}' "$6" ;;
esac
