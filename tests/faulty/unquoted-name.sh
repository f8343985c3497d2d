#!/bin/sh
# fault: the name is read line by line, from an unquoted path, and compared without quotes
# from: VirtualDomain 4.12, and Xen until a8fec4d6f (2014)
# base: reference
# caught by: interface::no-shell-errors::*
name=$(sed -n 's|^ *<name>\(.*\)</name>$|\1|p' $OCF_RESKEY_config)
if [ $name = Domain-0 ]; then
    exit 6
fi
exec "@AGENT@" "$@"
