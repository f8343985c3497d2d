#!/bin/sh
# fault: it asks for /bin/sh and takes for granted that echo makes two lines of \n, as dash does and bash does not
# from: scripts that were only ever run on Debian; POSIX leaves it open what echo does with a backslash
# base: reference
# caught by: environment::shell::bash
lines=$(echo 'one\ntwo' | wc -l)
if [ "$lines" -ne 2 ]; then
    exit 1
fi
exec "@AGENT@" "$@"
