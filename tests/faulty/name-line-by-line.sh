#!/bin/sh
# fault: a name is only found alone on its line, and a guest without a name is not there
# from: VirtualDomain 4.12 and its stop after a failed validation
# base: reference
# caught by: identity::config-form-outside::mixed
# caught by: identity::config-form-cycle::one-line, identity::config-form-cycle::second-name
# caught by: identity::config-form-outside::one-line, identity::config-form-outside::commented
# caught by: identity::config-form-cycle::crlf, identity::config-form-cycle::cdata
# caught by: identity::config-form-cycle::commented-out, identity::config-form-cycle::metadata-first
# caught by: identity::config-form-outside::crlf, identity::config-form-outside::cdata
# caught by: identity::config-form-outside::commented-out, identity::config-form-outside::metadata-first
# caught by: identity::config-form-outside::second-name, monitor::broken-config-while-running::commented
[ -f "$OCF_RESKEY_config" ] && [ "$(grep -c '^ *<name>[^<]*</name>$' "$OCF_RESKEY_config")" != 1 ] && case $1 in
    start) exit 1 ;;
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
