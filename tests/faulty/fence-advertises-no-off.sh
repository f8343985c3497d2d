#!/bin/sh
# fault: metadata does not advertise off
# base: fence
# caught by: fencing::metadata
input=$(cat)
printf '%s\n' "$input" | sh -c "$(sed 's/<action name="off" .>//' "@AGENT@")"
