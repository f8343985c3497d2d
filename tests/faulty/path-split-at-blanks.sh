#!/bin/sh
# fault: the configuration's path ends at its first blank
# from: Xen until c4a3032e1 (2014)
# base: reference
# caught by: identity::config-form-outside::mixed
# caught by: identity::config-form-cycle::spaced-path, identity::config-form-outside::spaced-path
export OCF_RESKEY_config="${OCF_RESKEY_config%% *}"
exec "@AGENT@" "$@"
