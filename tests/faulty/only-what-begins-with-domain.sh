#!/bin/sh
# fault: a file that does not begin with the domain's own element is no definition, and its guest is not there
# from: none known; a comment, a declaration or a byte order mark before it is what editors leave
# base: reference
# caught by: identity::config-form-outside::mixed
# caught by: identity::config-form-cycle::bom, identity::config-form-cycle::entity
# caught by: identity::config-form-outside::bom, identity::config-form-outside::entity
[ -f "$OCF_RESKEY_config" ] && [ "$(head -c 7 "$OCF_RESKEY_config")" != "<domain" ] && case $1 in
    start) exit 1 ;;
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
