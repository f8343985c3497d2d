#!/bin/sh
# fault: the parameters are checked before the action is known
# from: Xen until 4dbc943d3 (2008): meta-data needs the configuration
# base: reference
# caught by: interface::unknown-action-without-parameters, metadata::bare-environment
[ -n "$OCF_RESKEY_config" ] || exit 6
exec "@AGENT@" "$@"
