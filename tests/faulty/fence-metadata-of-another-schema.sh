#!/bin/sh
# fault: metadata has a parameter without getopt
# base: fence
# caught by: fencing::metadata-valid
input=$(cat)
printf '%s\n' "$input" | sh -c "$(sed 's/<getopt mixed="-n" .>//' "@AGENT@")"
