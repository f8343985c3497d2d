#!/bin/sh
# fault: errors leave no reason
# from: VirtualDomain until 654a15c46 (resource-agents #704)
# base: reference
# caught by: interface::exit-reason::*
exec "@AGENT@" "$@" 2>/dev/null
