#!/bin/sh
# fault: every monitor writes the configuration file anew
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: monitor::save-config
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = monitor ] && [ "$OCF_RESKEY_save_config_on_stop" = true ]; then
    xml=$(virsh -c "$OCF_RESKEY_hypervisor" dumpxml --inactive "$vm" 2>/dev/null) && echo "$xml" >"$OCF_RESKEY_config"
fi
exec "@AGENT@" "$@"
