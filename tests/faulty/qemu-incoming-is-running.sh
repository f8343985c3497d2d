#!/bin/sh
# fault: a guest that is still on its way counts as one that runs
# base: qemu
# caught by: migrate::monitor-during, migrate::start-target-while-copying, migrate::from-while-copying
exec bash -c "$(sed 's/|| state=inmigrate/|| state=running/' "@AGENT@")" "$0" "$@"
