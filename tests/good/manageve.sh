#!/bin/sh
# no fault: an agent for containers that reads what vzctl says only where vzctl succeeds, and freezes only what it can thaw
# base: manageve
# passes: start::absent, start::running::outside, start::older-memory::*, stop::running, stop::outside, stop::deaf-guest
# passes: stop::slow-guest, stop::frozen-emulator, monitor::state::absent, monitor::reboot, daemon::stop-while-running::*
# passes: daemon::migrate-to::*, daemon::peer-gone::*, migrate::there-and-back, migrate::repeated-from
# passes: migrate::stop-source-cut-off, migrate::nothing-came, migrate::not-running-here::absent
# skips: migrate::whole::*, migrate::target-cut-off, cluster::target-cut-off, monitor::state::paused
# skips: identity::stranger-start, start::hanging-folder
. "${0%/*}/functions"
id=${OCF_RESKEY_veid:-}

# within SECONDS ARGUMENT...: vzctl, for so long at the most, and no longer than the action has but for two seconds
within() {
    rest=$((began + limit - 2 - $(date +%s)))
    [ "$1" -ge "$rest" ] || rest=$1
    shift
    timeout --foreground -s KILL $((rest > 1 ? rest : 1)) vzctl "$@"
}

# Sets `state`: running, down, suspended, deleted, or unknown where vzctl fails or says something else.
look() {
    state=unknown
    said=$(within 4 status "$id" 2>/dev/null) || return
    case $said in
        *" exist "*" running") state=running ;;
        *" exist "*" down suspended") state=suspended ;;
        *" exist "*" down") state=down ;;
        *" deleted "*" down") state=deleted ;;
    esac
}

monitor() {
    look
    case $state in
        running) return 0 ;;
        down | suspended | deleted) return 7 ;;
    esac
    end 1 "vzctl does not tell whether container $id runs"
}

validate() {
    command -v vzctl >/dev/null || end 5 "there is no vzctl"
    case $id in '' | *[!0-9]*) end 6 "veid is no number" ;; esac
}

start() {
    validate
    look
    case $state in
        running) return 0 ;;
        deleted) end 5 "container $id does not exist here" ;;
        unknown) end 1 "vzctl does not tell whether container $id runs" ;;
    esac
    # Another call may have it locked.
    until within "$limit" start "$id" >&2; do
        look
        [ "$state" != running ] || return 0
        left 3 || end 1 "container $id did not start"
        sleep 0.3
    done
}

stop() {
    grace=$((limit > 30 ? limit - 15 : limit / 2))
    while left 3; do
        look
        case $state in
            down | suspended | deleted) return 0 ;;
            running)
                if [ $(($(date +%s) - began)) -lt $grace ]; then
                    within "$grace" stop "$id" >&2
                else
                    within 5 stop "$id" --fast >&2
                fi ;;
        esac
        sleep 0.3
    done
    end 1 "container $id is not known to be gone: $state"
}

migrate_to() {
    validate
    [ "${OCF_RESKEY_CRM_meta_migrate_target:-}" ] || end 1 "no target is given"
    look
    [ "$state" = running ] || end 1 "container $id does not run here: $state"
    within "$limit" chkpnt "$id" >&2 || end 1 "vzctl chkpnt failed"
    look
    [ "$state" = suspended ] || end 1 "container $id is still here: $state"
}

migrate_from() {
    validate
    look
    [ "$state" != running ] || return 0
    [ "$state" = suspended ] || end 1 "nothing of container $id is to be thawed: $state"
    within "$limit" restore "$id" >&2 || end 1 "vzctl restore failed"
    look
    [ "$state" = running ] || end 1 "container $id did not come back: $state"
}

meta_data() {
    cat <<META
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${0##*/}" version="1.0">
<version>1.1</version>
<longdesc lang="en">
Runs one container of OpenVZ by its tool vzctl.

A migration freezes the container on one node and thaws it on the other: the nodes must share the folder of the dumps.
Between the two it runs nowhere. The agent takes no lock: that is left to fencing.
</longdesc>
<shortdesc lang="en">Runs a container of OpenVZ</shortdesc>
<parameters>
<parameter name="veid" unique-group="guest" required="1">
<longdesc lang="en">
Number of the container.
</longdesc>
<shortdesc lang="en">Number of the container</shortdesc>
<content type="integer"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="60s"/>
<action name="stop" timeout="60s"/>
<action name="monitor" depth="0" timeout="20s" interval="10s"/>
<action name="migrate_to" timeout="60s"/>
<action name="migrate_from" timeout="60s"/>
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
META
}

serve 'start|stop|monitor|migrate_to|migrate_from|validate-all' "$@"
