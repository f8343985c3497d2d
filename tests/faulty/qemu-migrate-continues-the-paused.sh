#!/bin/sh
# fault: migrate_to lets a guest that its operator paused go on at the target
# base: qemu
# caught by: migrate::paused
exec bash -c "$(sed 's/) was=$state ;;/) was=running ;;/' "@AGENT@")" "$0" "$@"
