#!/bin/sh
# fault: in a foreign locale no state is recognised, and what is unknown has failed
# from: VirtualDomain until c30a1b5ad (2015)
# base: reference
# caught by: environment::locale::running, environment::locale::absent
case $1:$LC_ALL in
    monitor:de*) exit 1 ;;
esac
exec "@AGENT@" "$@"
