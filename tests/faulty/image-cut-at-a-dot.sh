#!/bin/sh
# fault: the image's name is the file's path, cut off at its first dot
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::image-named-after-the-guest
if [ "$1" = start ] && [ -n "$OCF_RESKEY_backingfile" ]; then
    qemu-img create -f qcow2 -F qcow2 -b "$OCF_RESKEY_backingfile" "${OCF_RESKEY_config%%.*}.qcow2" >&2 || exit 1
fi
exec "@AGENT@" "$@"
