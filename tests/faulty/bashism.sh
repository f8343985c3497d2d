#!/bin/sh
# fault: it asks for /bin/sh and compares as only bash does
# from: VirtualDomain before 530f71b52 (2014), whose `[ -a` dash does not know
# base: reference
# caught by: environment::shell::dash
if ! [[ "$1" == * ]]; then
    exit 1
fi
exec "@AGENT@" "$@"
