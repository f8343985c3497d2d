#!/bin/sh
# fault: the agent's version stands where OCF's belongs
# from: VirtualDomain until d6b954890 (2021)
# base: reference
# caught by: metadata::rules-at-once::binding
# caught by: metadata::rules::version-honest
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|<version>[^<]*</version>|<version>4.12.0</version>|'
        exit ;;
esac
exec "@AGENT@" "$@"
