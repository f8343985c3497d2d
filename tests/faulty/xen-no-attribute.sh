#!/bin/sh
# fault: migrate_to goes to the name of the target, whatever its attribute says
# base: xen
# caught by: xen::address-of-the-target::there-is-one
unset OCF_RESKEY_node_ip_attribute
exec "@AGENT@" "$@"
