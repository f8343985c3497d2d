#!/bin/sh
# fault: start on any node but the first waits for the disk to be let go, almost as long as it may, and then fails
# base: reference
# caught by: cluster::advertised-timeout-on-the-target::start, cluster::migration-longer-than-other-actions::given-up
case $1 in
    meta-data) "@AGENT@" meta-data | sed '/name="start"/s/timeout="[^"]*"/timeout="5s"/'; exit ;;
    start)
        if [ "$(uname -n)" != a ]; then
            sleep $((OCF_RESKEY_CRM_meta_timeout / 1000 - 2))
            exit 1
        fi
        ;;
esac
exec "@AGENT@" "$@"
