#!/bin/sh
# fault: start answers success whatever came of it
# from: rgmanager's vm.sh and every script that forgets an exit code
# base: reference
# caught by: start::fails-cleanly::*, start::fails-then-monitor, start::crashed, start::driver-undecided::*
# caught by: start::driver-shutdown, daemon::start-while-stopped::*
# caught by: identity::stranger-start, validate::config-unset::start, validate::config-unset-exactly::start, start::full-disk
# caught by: lock::held-by-another::*, lock::daemon-lost::*, lock::start-on-the-old-source::*
# caught by: cluster::configuration-missing-everywhere
[ "$1" = start ] && { "@AGENT@" "$@"; exit 0; }
exec "@AGENT@" "$@"
