#!/bin/sh
# fault: migrate_to lets the guest go on at the source once it has come to the target
# base: qemu
# caught by: migrate::whole::tcp, migrate::there-and-back
exec bash -c "$(sed '/"$word" = here/a talk cont >\/dev\/null; exit' "@AGENT@")" "$0" "$@"
