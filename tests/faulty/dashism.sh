#!/bin/sh
# fault: it asks for /bin/sh and takes for granted that echo makes two lines of \n, as dash does and neither bash nor busybox does
# from: scripts that were only ever run on Debian; POSIX leaves it open what echo does with a backslash
# base: reference
# caught by: environment::shell::bash, environment::shell::busybox
lines=$(echo 'one\ntwo' | wc -l)
if [ "$lines" -ne 2 ]; then
    exit 1
fi
exec "@AGENT@" "$@"
