#!/bin/sh
# fault: stop writes the configuration back with its passwords, into a file that anybody can read
# from: VirtualDomain 4.12
# base: reference
# profile: virtualdomain
# caught by: tool::password-saved
vm=$(sed -n 's|.*<uuid>\(.*\)</uuid>.*|\1|p' "$OCF_RESKEY_config")
if [ "$1" = stop ] && [ -n "$OCF_RESKEY_save_config_on_stop" ]; then
    xml=$(virsh -q -c "$OCF_RESKEY_hypervisor" dumpxml --inactive --security-info "$vm")
    echo "$xml" >"$OCF_RESKEY_config"
fi
exec "@AGENT@" "$@"
