#!/bin/sh
# fault: the status program is run at every depth
# base: reference-vm
# caught by: rgm::program-at-its-depth::0
export OCF_CHECK_LEVEL=10
exec "@AGENT@" "$@"
