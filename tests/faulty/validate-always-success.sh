#!/bin/sh
# fault: validate-all has no other answer than success
# from: Xen 4.12
# base: reference
# profile: virtualdomain
# caught by: validate::broken-definition::*, validate::config-not-here::validate-all-missing
# caught by: validate::config-not-here::validate-all-unreadable, validate::number-wanted::*
# caught by: tool::missing-tool::validate-all
[ "$1" = validate-all ] && exit 0
exec "@AGENT@" "$@"
