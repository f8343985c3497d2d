#!/bin/sh
# fault: migrate_to answers success however the migration has ended
# base: qemu
# change: s/end 1 "the migration was given up/end 0 "the migration was given up/
# caught by: migrate::aborted-by-hand, migrate::connections-reset::b
