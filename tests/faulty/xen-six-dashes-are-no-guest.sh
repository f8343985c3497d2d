#!/bin/sh
# fault: monitor wants an r or a b in the state, and six dashes are neither
# base: xen
# caught by: xen::state-letters::neither-running-nor-blocked
if [ "$1" = monitor ] && ! timeout 5 xl list vm1 2>/dev/null | grep -Eq ' (r-|-b|--p)[-spcd]+ '; then
    exit 7
fi
exec "@AGENT@" "$@"
