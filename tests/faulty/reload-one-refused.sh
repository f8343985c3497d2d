#!/bin/sh
# fault: reload-agent refuses a change of a parameter that the metadata call reloadable
# base: reference
# caught by: reload::reload-agent
if [ "$1" = reload-agent ] && [ -n "$OCF_RESKEY_shutdown_timeout" ]; then
    echo "ocf-exit-reason:shutdown_timeout takes a restart" >&2
    exit 6
fi
exec "@AGENT@" "$@"
