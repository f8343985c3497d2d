#!/bin/sh
# fault: it takes every resource for one that can migrate
# caught by: scheduler::not-migrated::not-allowed
case "$*" in
*--run*) sed -i -E 's|type="subject">|&<meta_attributes id="x"><nvpair id="x-1" name="allow-migrate" value="true"/></meta_attributes>|' "$3" ;;
esac
exec "@SCHEDULER@" "$@"
