#!/bin/sh
# fault: validate-all formats the configuration file
# base: reference
# caught by: validate::changes-nothing::*, validate::good-configuration
[ "$1" = validate-all ] && echo >>"$OCF_RESKEY_config"
exec "@AGENT@" "$@"
