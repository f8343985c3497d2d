#!/bin/sh
# fault: validate-all tries the definition by starting the guest, and leaves it running
# base: reference
# caught by: interface::looking-changes-nothing::absent, interface::looking-changes-nothing::shutoff
if [ "$1" = validate-all ]; then exec "@AGENT@" start; fi
exec "@AGENT@" "$@"
