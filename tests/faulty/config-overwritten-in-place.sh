#!/bin/sh
# fault: the configuration file is emptied and then written anew
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::config-write-interrupted
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ] && [ -n "$OCF_RESKEY_save_config_on_stop" ]; then
    file=$(mktemp)
    virsh -q -c "$OCF_RESKEY_hypervisor" dumpxml --inactive "$vm" >"$file"
    cat "$file" >"$OCF_RESKEY_config"
    rm -f "$file"
fi
exec "@AGENT@" "$@"
