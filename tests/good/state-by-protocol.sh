#!/bin/sh
# no fault: in every state libvirt's protocol, which monitor asks, shows what libvirt's library shows
# base: reference
# passes: monitor::state::*
if [ "$1" = monitor ]; then
    uuid=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
    # `cargo build --workspace --examples` builds it.
    said=$("$(dirname "@AGENT@")/examples/states" qemu:///system "$uuid" 2>&1) || {
        echo "ocf-exit-reason:they differ: $said" >&2
        exit 3
    }
fi
exec "@AGENT@" "$@"
