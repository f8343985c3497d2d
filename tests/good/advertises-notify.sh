#!/bin/sh
# no fault: notify is advertised, and answered by success
# from: ClusterLabs/anvil issue 392 (2023): notify answered 3 was logged as a failure at every migration
# base: reference
# passes: interface::unknown-action::promote, interface::unknown-action::demote, metadata::rules::*
# skips: interface::unknown-action::notify
case $1 in
    notify) exit 0 ;;
    meta-data)
        "@AGENT@" meta-data | sed 's|<action name="monitor"|<action name="notify" timeout="20s"/>&|'
        exit ;;
esac
exec "@AGENT@" "$@"
