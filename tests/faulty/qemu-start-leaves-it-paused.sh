#!/bin/sh
# fault: start leaves the guest paused, and answers success
# base: qemu
# change: s/\[ "$state" != running \] || return 0/[ "$state" != running ] || { talk stop >\/dev\/null; return 0; }/
# caught by: start::absent
