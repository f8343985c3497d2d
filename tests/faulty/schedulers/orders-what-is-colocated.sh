#!/bin/sh
# fault: it takes a colocation for an order
# caught by: scheduler::clone-beside-the-guest
case "$*" in
*--run*) sed -i -E 's|<rsc_colocation id="([^"]*)" rsc="([^"]*)" with-rsc="([^"]*)"|<rsc_order id="order-\1" first="\3" then="\2"/>&|g' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
