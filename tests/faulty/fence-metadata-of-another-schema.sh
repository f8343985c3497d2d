#!/bin/sh
# fault: metadata has a parameter without getopt
# base: fence
# change: s/<getopt mixed="-n" .>//
# caught by: fencing::metadata-valid
