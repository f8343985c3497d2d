#!/bin/sh
# fault: a guest that is still on its way counts as one that runs
# base: qemu
# change: s/|| state=inmigrate/|| state=running/
# caught by: migrate::monitor-during, migrate::start-target-while-copying, migrate::from-while-copying
