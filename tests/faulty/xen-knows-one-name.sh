#!/bin/sh
# fault: monitor and stop know a guest by its name alone, and xl gives it another one while it is on its way
# from: ocf:heartbeat:Xen
# base: xen
# caught by: xen::incoming
case $1 in
    monitor | stop)
        if ! timeout 5 xl list vm1 >/dev/null 2>&1; then
            [ "$1" = stop ] && exit 0
            exit 7
        fi ;;
esac
exec "@AGENT@" "$@"
