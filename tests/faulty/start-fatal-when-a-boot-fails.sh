#!/bin/sh
# fault: start answers 6 when the boot fails, whatever the cause
# from: ClusterLabs/anvil, ocf:alteeve:server, start_server
# base: reference
# caught by: daemon::start-while-stopped::stop, lock::held-by-another::image, start::full-disk
[ "$1" = start ] || exec "@AGENT@" "$@"
"@AGENT@" "$@" || exit 6
