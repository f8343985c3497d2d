#!/bin/sh
# fault: start fails for as long as anything of a half-arrived guest is there, and nothing else clears it
# from: this project's own reference agent, which waited 51 s before
# base: reference
# caught by: migrate::start-after-a-fenced-source
# caught by: cluster::source-fenced-in-flight
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
[ "$1" = start ] && [ "$(virsh -q -c "$OCF_RESKEY_hypervisor" domstate "$vm" 2>/dev/null)" = paused ] && exit 1
exec "@AGENT@" "$@"
