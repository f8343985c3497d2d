#!/bin/sh
# fault: monitor takes a guest whose processors stand still for one that does not run
# base: qemu
# change: s/absent | inmigrate) return 7/absent | inmigrate | paused) return 7/
# caught by: monitor::state::paused
