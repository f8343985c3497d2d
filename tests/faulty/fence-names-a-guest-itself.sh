#!/bin/sh
# fault: without the name of a guest it takes the one that it knows
# base: fence
# change: s/ port=$/ port=vm1/
# caught by: fencing::no-guest-named::*
