#!/bin/sh
# fault: it knows one host alone, and takes a guest that is not there for one that is off
# from: fence_virsh with missing_as_off, asked about a guest of another host
# base: fence
# change: s/^nodes='a b'/nodes=a/
# caught by: fencing::off-elsewhere::*, fencing::off-wherever::*, fencing::status-elsewhere::*
