#!/bin/sh
# fault: migrate_to notes that the guest has gone before it has, and monitor and stop believe the note
# base: xen
# caught by: xen::migrated-away, xen::killed-in-the-last-handshake
note=/run/resource-agents/xen-moved
case $1 in
    start) rm -f "$note" ;;
    migrate_to) : >"$note" ;;
    monitor) [ ! -f "$note" ] || exit 7 ;;
    stop) [ ! -f "$note" ] || exit 0 ;;
esac
exec "@AGENT@" "$@"
