#!/bin/sh
# fault: a resource without a name gets one
# from: ocf-shellfuncs: OCF_RESOURCE_INSTANCE is "default" when it is unset
# base: reference
# caught by: environment::no-instance-name
export OCF_RESOURCE_INSTANCE="${OCF_RESOURCE_INSTANCE:-default}"
exec "@AGENT@" "$@"
