#!/bin/sh
# fault: the configuration is saved only where the parameter is 0, and no other word is understood
# from: VirtualDomain until 367550f18 (2014), which understood 1 alone
# base: virtualdomain
# caught by: stop::saves-the-configuration::*
[ "$OCF_RESKEY_save_config_on_stop" = 0 ] || unset OCF_RESKEY_save_config_on_stop
exec "@AGENT@" "$@"
