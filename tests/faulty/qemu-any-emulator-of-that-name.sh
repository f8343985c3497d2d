#!/bin/sh
# fault: monitor and migrate_from take any emulator whose guest has the name of their own for it
# base: qemu
# caught by: identity::stranger-monitor, migrate::stranger-instead
case $1 in
    monitor | migrate_from) pgrep -f 'qemu-system-x86_64 .*-name guest=vm1[ ,]' >/dev/null && exit 0 ;;
esac
exec "@AGENT@" "$@"
