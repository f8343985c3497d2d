#!/bin/sh
# fault: migrate_to lets a guest that its operator paused go on at the target
# base: qemu
# change: s/) was=$state ;;/) was=running ;;/
# caught by: migrate::paused
