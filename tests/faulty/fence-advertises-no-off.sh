#!/bin/sh
# fault: metadata does not advertise off
# base: fence
# change: s/<action name="off" .>//
# caught by: fencing::metadata
