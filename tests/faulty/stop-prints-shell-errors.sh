#!/bin/sh
# fault: stop calls a function of a library that it never read, and its shell says so on standard error
# base: reference
# caught by: interface::quiet-life
if [ "$1" = stop ]; then ocf_log info "the guest is stopped"; fi
exec "@AGENT@" "$@"
