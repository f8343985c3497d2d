#!/bin/sh
# fault: the advertised defaults are not those that hold when nothing is set
# base: reference
# caught by: metadata::default-is-unset::*, metadata::default-stop
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed 's|default="false"|default="true"|; s|default="ssh"|default="pigeon"|
            s|default="qemu:///system"|default="qemu+tcp://nowhere.invalid/system"|'
        exit ;;
esac
exec "@AGENT@" "$@"
