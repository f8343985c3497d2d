#!/bin/sh
# fault: an action that nobody knows is answered by the general error
# from: rgmanager's vm.sh: the last branch of its case answers 1
# base: reference
# caught by: interface::unknown-action::promote, interface::unknown-action::notify
case $1 in
    start | stop | monitor | meta-data | validate-all | migrate_to | migrate_from | usage | help | "") ;;
    *) exit 1 ;;
esac
exec "@AGENT@" "$@"
