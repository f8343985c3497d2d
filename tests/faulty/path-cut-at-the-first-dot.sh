#!/bin/sh
# fault: the configuration's path is cut at its first dot
# from: VirtualDomain 4.12, for the names of its images
# base: reference
# caught by: identity::config-form-outside::mixed
# caught by: identity::config-form-outside::dotted-path
[ -n "$OCF_RESKEY_config" ] && export OCF_RESKEY_config="${OCF_RESKEY_config%%.*}.xml"
exec "@AGENT@" "$@"
