#!/bin/sh
# fault: no two resources may have one hypervisor
# from: VirtualDomain until 44541a96d (2008)
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::identity-unique
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<parameter name="hypervisor"/{s/ unique[-a-z]*="[^"]*"//g;s/<parameter/& unique="1"/;}'
        exit ;;
esac
exec "@AGENT@" "$@"
