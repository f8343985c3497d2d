#!/bin/sh
# fault: in a foreign locale no state is recognised, and what is unknown does not run
# base: reference
# caught by: environment::looked-at-in-every-way
# caught by: environment::locale::running, environment::locale::crashed
case $1:$LC_ALL in
    monitor:de*) exit 7 ;;
esac
exec "@AGENT@" "$@"
