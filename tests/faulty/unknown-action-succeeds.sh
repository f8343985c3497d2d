#!/bin/sh
# fault: an action that nobody knows answers success
# from: rgmanager's vm.sh: restart, recover and reload answer 0 and do nothing
# base: reference
# caught by: interface::unknown-action::*, interface::unknown-action-while-running
case $1 in
    start | stop | monitor | meta-data | validate-all | migrate_to | migrate_from | usage | help | "") ;;
    *) exit 0 ;;
esac
exec "@AGENT@" "$@"
