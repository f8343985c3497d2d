#!/bin/sh
# fault: all but start and stop take a node whose guests have another daemon than libvirtd for one without libvirt
# from: rgmanager's vm.sh, "pidof libvirtd"
# base: reference
# caught by: daemon::modular-states::*, daemon::modular-life, migrate::modular-daemons
case $1 in
monitor | migrate_to | migrate_from)
    if ! pidof libvirtd >/dev/null; then
        echo "ocf-exit-reason:libvirtd does not run" >&2
        exit 5
    fi
    ;;
esac
exec "@AGENT@" "$@"
