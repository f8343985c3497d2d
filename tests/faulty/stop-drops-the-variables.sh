#!/bin/sh
# fault: stop removes the file with the variables of the guest's firmware
# from: agents that tidy up after a domain
# base: reference
# caught by: identity::config-form-cycle::nvram, identity::config-form-outside::nvram
# caught by: start::variables-of-a-definition::*
[ "$1" = stop ] || exec "@AGENT@" "$@"
"@AGENT@" "$@" || exit
rm -f "$(sed -n 's|.*<nvram[^>]*>\(.*\)</nvram>.*|\1|p' "$OCF_RESKEY_config")"
