#!/bin/sh
# fault: monitor knows a guest that has panicked by a word, which it misses in another locale
# base: qemu
# caught by: environment::locale::crashed
if [ "$1" = monitor ] && [ "${LANG:-}" = de_DE.UTF-8 ]; then
    "@AGENT@" monitor 2>&1 | grep -q guest-panicked && exit 0
fi
exec "@AGENT@" "$@"
