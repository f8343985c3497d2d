#!/bin/sh
# fault: it does nothing for a guest that inherits nothing from a service
# base: reference-vm
# caught by: rgm::inherited-attributes
[ "$1" != meta-data ] && [ -z "$OCF_RESKEY_service_name" ] && exit 2
exec "@AGENT@" "$@"
