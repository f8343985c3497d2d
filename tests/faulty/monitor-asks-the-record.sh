#!/bin/sh
# fault: monitor says that the guest runs because start once said so
# base: reference
# caught by: lock::lease-lost
started=/run/resource-agents/$OCF_RESOURCE_INSTANCE.started
case $1 in
    start) "@AGENT@" start && touch "$started" ;;
    stop) rm -f "$started"; exec "@AGENT@" stop ;;
    monitor) [ -e "$started" ] && exit 0; exec "@AGENT@" monitor ;;
    *) exec "@AGENT@" "$@" ;;
esac
