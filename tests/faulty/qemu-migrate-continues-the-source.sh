#!/bin/sh
# fault: migrate_to lets the guest go on at the source once it has come to the target
# base: qemu
# change: /"$word" = here/a talk cont >\/dev\/null; exit
# caught by: migrate::whole::tcp, migrate::there-and-back
