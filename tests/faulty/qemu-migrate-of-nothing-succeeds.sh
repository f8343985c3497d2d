#!/bin/sh
# fault: migrate_to answers success where no guest runs that could move
# base: qemu
# change: s/end 1 "no guest is here to migrate/end 0 "no guest is here to migrate/
# caught by: migrate::not-running-here::absent, migrate::not-running-here::crashed
