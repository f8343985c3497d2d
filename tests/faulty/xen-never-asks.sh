#!/bin/sh
# fault: stop destroys the guest without asking it first
# base: xen
# caught by: xen::destroy-after-the-shutdown-timeout
export OCF_RESKEY_shutdown_timeout=0
exec "@AGENT@" "$@"
