#!/bin/sh
# fault: a default in the metadata is drawn anew at every run
# from: VirtualDomain, whose migrateport is drawn at random; it leaves it out of the metadata
# base: reference
# caught by: metadata::same-everywhere
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed "s|<content type=\"integer\"/>|<content type=\"integer\" default=\"$$\"/>|"
        exit ;;
esac
exec "@AGENT@" "$@"
