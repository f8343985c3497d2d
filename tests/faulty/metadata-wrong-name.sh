#!/bin/sh
# fault: the metadata name another agent
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::name-is-file-name
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|<resource-agent name="[^"]*"|<resource-agent name="Xen"|'
        exit ;;
esac
exec "@AGENT@" "$@"
