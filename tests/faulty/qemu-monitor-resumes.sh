#!/bin/sh
# fault: monitor lets a paused guest go on
# base: qemu
# change: /^monitor() {/a talk cont >/dev/null
# caught by: monitor::state::paused
