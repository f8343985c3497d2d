#!/bin/sh
# fault: any version of the standard is taken for the known one
# base: reference
# caught by: environment::foreign-version
export OCF_RA_VERSION_MAJOR=1
exec "@AGENT@" "$@"
