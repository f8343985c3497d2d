#!/bin/sh
# fault: it asks the libvirt of the node that it runs on, and takes a guest that is not there for one that is off
# from: fence_virtd with the backend libvirt, whose nearest daemon answers
# base: fence
# change: s/^nodes='a b'/nodes=$(uname -n)/
# caught by: fencing::off::b, fencing::off-in-flight::b, fencing::status::running-asked-on-b
