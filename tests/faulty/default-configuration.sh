#!/bin/sh
# fault: a configuration that is not named is looked for at a usual place
# from: Xen 4.12
# base: reference
# caught by: validate::config-unset::validate-all, validate::config-unset-exactly::*
export OCF_RESKEY_config="${OCF_RESKEY_config:-/etc/xen/vm/guest}"
exec "@AGENT@" "$@"
