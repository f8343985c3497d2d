#!/bin/sh
# fault: stop removes the guest's file from libvirt's folder
# base: reference
# caught by: start::definition-in-libvirts-folder::*
if [ "$1" = stop ]; then
    "@AGENT@" stop || exit
    rm -f /etc/libvirt/qemu/vm1.xml
    exit 0
fi
exec "@AGENT@" "$@"
