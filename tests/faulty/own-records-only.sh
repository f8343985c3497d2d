#!/bin/sh
# fault: an agent that knows of no guest but those it has started itself
# from: lxc until d0c9910dd (2011)
# base: reference
# caught by: monitor::state::outside, stop::outside, stop::outside-elsewhere, monitor::powered-off, migrate::partial::*
# caught by: migrate::partial-stops-at-once, migrate::stop-migrated
# caught by: cluster::constraint-comes-and-goes::*, cluster::constraint-gone-while-arriving
# caught by: cluster::migrate-from-fails::*, cluster::target-retires-in-flight::*
# caught by: cluster::found-by-the-first-probe::*, cluster::moved-by-hand::*
# caught by: cluster::source-power-lost-before-its-stop::migrate-from
file=/run/resource-agents/$OCF_RESOURCE_INSTANCE.started
case $1 in
    start) touch "$file" ;;
    monitor) [ -e "$file" ] && exit 0 || exit 7 ;;
    stop) [ -e "$file" ] && rm "$file" || exit 0 ;;
esac
exec "@AGENT@" "$@"
