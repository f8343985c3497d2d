#!/bin/sh
# fault: migrate finds the target's host by a part of its name
# base: reference-vm
# caught by: rgm::migrate-to-an-unmapped-node::alike
mapping=$OCF_RESKEY_migration_mapping
case "$1,$mapping" in
    migrate,*"$2:"*)
        rest=${mapping#*"$2":}
        export OCF_RESKEY_migration_mapping=
        set -- migrate "${rest%%,*}"
        ;;
esac
exec "@AGENT@" "$@"
