#!/bin/sh
# fault: start lets a guest that has panicked go on, and answers success
# base: qemu
# change: s/^        paused) talk cont/        paused | guest-panicked) talk cont/
# caught by: start::crashed
