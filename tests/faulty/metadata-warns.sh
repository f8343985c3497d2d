#!/bin/sh
# fault: meta-data prints a warning of its tools
# from: VirtualDomain until 618ee5d01 (2025)
# base: reference
# caught by: metadata::silent-on-stderr
[ "$1" = meta-data ] && echo "egrep: warning: egrep is obsolescent; using grep -E" >&2
exec "@AGENT@" "$@"
