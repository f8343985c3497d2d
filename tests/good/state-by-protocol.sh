#!/bin/sh
# no fault: in every state libvirt's protocol, which monitor asks, shows what libvirt's library shows
# base: reference
# passes: monitor::state::*
if [ "$1" = monitor ]; then
    uuid=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
    why=
    states=$(dirname "@AGENT@")/examples/states
    [ -x "$states" ] || why='`cargo build --workspace --examples` builds what is asked'
    said=$("$states" qemu:///system "$uuid" 2>&1) || why=${why:-they differ: $said}
    [ -z "$why" ] || { echo "ocf-exit-reason:$why" >&2; exit 3; }
fi
exec "@AGENT@" "$@"
