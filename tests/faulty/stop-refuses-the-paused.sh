#!/bin/sh
# fault: stop of a paused guest is an error
# base: reference
# caught by: monitor::paused-and-resumed
# caught by: stop::paused, stop::io-error, migrate::stop-target-while-copying, migrate::source-lost
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = stop ] && [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && exit 1
exec "@AGENT@" "$@"
