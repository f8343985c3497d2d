#!/bin/sh
# fault: monitor runs no monitor script
# base: virtualdomain
# caught by: monitor::failing-script::*
unset OCF_RESKEY_monitor_scripts
exec "@AGENT@" "$@"
