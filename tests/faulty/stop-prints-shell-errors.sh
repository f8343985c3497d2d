#!/bin/sh
# fault: stop prints its interpreter's own errors: a variable assigned with blanks around the sign
# from: ConceptSafetySystems/xs-pacemaker, XenServerVM (2014), XenServerVM_clean_shutdown_with_task_kill
# base: reference
# caught by: interface::quiet-life
if [ "$1" = stop ]; then rc = 0; fi
exec "@AGENT@" "$@"
