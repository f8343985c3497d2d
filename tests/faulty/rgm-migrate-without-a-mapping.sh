#!/bin/sh
# fault: migrate takes the cluster's names for those of hosts
# base: reference-vm
# caught by: rgm::migrate-to-a-mapped-host, rgm::migrate-to-an-unmapped-node::*
export OCF_RESKEY_migration_mapping=
exec "@AGENT@" "$@"
