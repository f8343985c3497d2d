#!/bin/sh
# fault: what an ordinary user is refused is taken for a guest that is not there
# base: reference
# caught by: environment::unprivileged::*
[ "$(id -u)" = 0 ] || case $1 in
    start) exit 1 ;;
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
