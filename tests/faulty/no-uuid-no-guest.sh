#!/bin/sh
# fault: a definition without a UUID is refused, and then its guest counts as not running
# from: this project's own reference agent
# base: reference
# caught by: identity::no-uuid-outside, identity::no-uuid-found, migrate::no-uuid
[ -f "$OCF_RESKEY_config" ] && ! grep -q '<uuid>' "$OCF_RESKEY_config" && case $1 in
    start) exit 2 ;;
    stop) exit 0 ;;
    monitor) exit 7 ;;
esac
exec "@AGENT@" "$@"
