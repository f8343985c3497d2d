#!/bin/sh
# fault: stop of a paused guest waits for it, and destroys it when it did not end
# base: reference
# caught by: stop::paused-without-waiting, stop::io-error-without-waiting
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = stop ] && [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && sleep 15
exec "@AGENT@" "$@"
