#!/bin/sh
# fault: a shutdown_timeout of 0 counts as none that is set
# base: xen
# caught by: xen::destroy-without-asking
[ "${OCF_RESKEY_shutdown_timeout:-}" != 0 ] || unset OCF_RESKEY_shutdown_timeout
exec "@AGENT@" "$@"
