#!/bin/sh
# fault: start does not ask the nodes that it was told to ask
# base: reference
# caught by: start::running-elsewhere, migrate::start-on-the-old-source
# caught by: cluster::moved-by-hand-unseen
unset OCF_RESKEY_peers
exec "@AGENT@" "$@"
