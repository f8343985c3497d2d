#!/bin/sh
# fault: the required parameter has a default
# base: reference
# caught by: metadata::rules-at-once::advised
# caught by: metadata::rules::required-has-no-default
case $1 in
    meta-data)
        "@AGENT@" meta-data | sed '/<parameter name="config"/,/<.parameter>/s|<content type="string"|& default="/etc/guest.xml"|'
        exit ;;
esac
exec "@AGENT@" "$@"
