#!/bin/sh
# fault: a guest may be cloned
# base: reference
# caught by: interface::clone
unset OCF_RESKEY_CRM_meta_clone_max
exec "@AGENT@" "$@"
