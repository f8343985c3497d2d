#!/bin/sh
# fault: migrate_from writes what it has found into the resource's parameters, and the cluster starts anew what has other ones
# base: reference
# profile: virtualdomain
# caught by: cluster::own-utilization
[ "$1" = migrate_from ] && crm_resource -r "$OCF_RESOURCE_INSTANCE" -p came_from -v "$OCF_RESKEY_CRM_meta_migrate_source" >/dev/null 2>&1
exec "@AGENT@" "$@"
