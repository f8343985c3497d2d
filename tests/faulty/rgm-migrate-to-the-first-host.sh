#!/bin/sh
# fault: migrate goes to the first host of the mapping where that has none for the target
# from: rgmanager's vm.sh, Red Hat bug 453429 (2008)
# base: reference-vm
# caught by: rgm::migrate-to-an-unmapped-node::first, rgm::migrate-to-an-unmapped-node::own
mapping=$OCF_RESKEY_migration_mapping
case "$1,$mapping" in
    migrate,) ;;
    migrate,*)
        case ",$mapping," in
            *",$2:"*) ;;
            *)
                first=${mapping%%,*}
                export OCF_RESKEY_migration_mapping=
                set -- migrate "${first#*:}"
                ;;
        esac
        ;;
esac
exec "@AGENT@" "$@"
