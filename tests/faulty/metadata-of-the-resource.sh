#!/bin/sh
# fault: the metadata tell the resource's own value as the default
# base: reference
# caught by: metadata::same-everywhere
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed "s|default=\"false\"|default=\"${OCF_RESKEY_force_stop:-false}\"|"
        exit ;;
esac
exec "@AGENT@" "$@"
