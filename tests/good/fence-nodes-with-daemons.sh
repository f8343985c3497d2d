#!/bin/sh
# no fault: a fence agent that asks libvirt itself, in a lab whose fence daemons are harmed
# base: fence
# profile: fence-nodes-with-daemons.yaml
# passes: fencing-daemon::*
exec "@AGENT@"
