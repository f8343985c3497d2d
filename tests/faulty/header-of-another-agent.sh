#!/bin/sh
# fault: the header for init scripts was copied from another agent
# base: reference
# caught by: metadata::rules-at-once::free
# caught by: metadata::rules::header

### BEGIN INIT INFO
# Provides:          oracle-listener
# Required-Start:    $network
# Default-Start:     3 5
# Short-Description: Starts the listener
### END INIT INFO

exec "@AGENT@" "$@"
