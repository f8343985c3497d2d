#!/bin/sh
# fault: the status program is never run
# base: reference-vm
# caught by: rgm::program-at-its-depth::10, rgm::program-at-its-depth::20, rgm::program-that-hangs
export OCF_RESKEY_status_program=
exec "@AGENT@" "$@"
