#!/bin/sh
# no fault: an agent for LXC's containers that needs the container's file only to start it
# base: lxc
# passes: start::absent, start::running::running, stop::slow-guest, stop::deaf-guest
# passes: stop::broken-config-while-running::*, monitor::broken-config-while-running::missing
# passes: monitor::state::paused, monitor::state::outside, monitor::paused-and-resumed, start::paused, start::running::*
# passes: stop::paused, stop::paused-without-waiting, stop::outside, start::hanging-folder
# passes: validate::broken-definition::empty, validate::config-not-here::*
# skips: start::full-disk, start::hanging-disk, migrate::whole::*, monitor::state::shutoff, daemon::stop-while-stopped
. "${0%/*}/functions"
name=${OCF_RESKEY_container:-}
config=${OCF_RESKEY_config:-}

# within SECONDS COMMAND...: the command, for so long at the most
within() {
    seconds=$1
    shift
    timeout --foreground -s KILL "$seconds" "$@"
}

# Sets `state`: active, frozen, down, or unknown where LXC does not tell. One that was never made is not known to LXC.
look() {
    state=unknown
    said=$(within 4 lxc-info -n "$name" -s 2>&1)
    case $said in
        *"doesn't exist"* | *STOPPED*) state=down ;;
        *FREEZING* | *FROZEN*) state=frozen ;;
        *RUNNING* | *STARTING* | *STOPPING* | *ABORTING* | *THAWED*) state=active ;;
    esac
}

monitor() {
    [ -n "$name" ] || end 6 "container is not set"
    look
    case $state in
        active | frozen) return 0 ;;
        down) return 7 ;;
    esac
    end 1 "lxc-info does not tell whether $name runs: $said"
}

configured() {
    [ -n "$name" ] || end 6 "container is not set"
    [ -n "$config" ] || end 6 "config is not set"
    command -v lxc-start >/dev/null || end 5 "there is no lxc-start"
    command -v lxc-stop >/dev/null || end 5 "there is no lxc-stop"
}

# Reads the container's file, whose folder may hang.
prepared() {
    text=$(within 4 cat "$config" 2>/dev/null)
    case $? in
        0) ;;
        137) end 1 "$config was not read within 4 s" ;;
        *) end 5 "$config is not there or cannot be read" ;;
    esac
    echo "$text" | grep -q '^lxc.rootfs.path' || end 5 "$config names no root"
}

validate() {
    configured
    prepared
}

start() {
    configured
    look
    case $state in
        active | frozen) return 0 ;;
        unknown) end 1 "lxc-info does not tell whether $name runs: $said" ;;
    esac
    prepared
    said=$(lxc-start -n "$name" -f "$config" -d 2>&1) || end 1 "lxc-start failed: $said"
    while left 2; do
        look
        [ "$state" != active ] || return 0
        sleep 0.2
    done
    end 1 "$name did not start in time"
}

stop() {
    [ -n "$name" ] || end 6 "container is not set"
    look
    [ "$state" != down ] || return 0
    # One that is frozen could not answer.
    if [ "$state" != frozen ]; then
        wait=$((limit - 8))
        [ "$wait" -gt 1 ] || wait=1
        within $((wait + 3)) lxc-stop -n "$name" -t "$wait" >/dev/null 2>&1
        look
        [ "$state" != down ] || return 0
    fi
    within 4 lxc-stop -n "$name" -k >/dev/null 2>&1
    look
    [ "$state" = down ] || end 1 "$name did not end"
}

meta_data() {
    cat <<END
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${0##*/}" version="1">
<version>1.0</version>
<longdesc lang="en">Runs a container of LXC.</longdesc>
<shortdesc lang="en">A container of LXC</shortdesc>
<parameters>
<parameter name="container" required="1" unique="1">
<longdesc lang="en">The container's name.</longdesc>
<shortdesc lang="en">name</shortdesc>
<content type="string"/>
</parameter>
<parameter name="config" required="1">
<longdesc lang="en">The file with the container's configuration, which is read to start it.</longdesc>
<shortdesc lang="en">configuration file</shortdesc>
<content type="string"/>
</parameter>
<parameter name="log">
<longdesc lang="en">Ignored.</longdesc>
<shortdesc lang="en">log file</shortdesc>
<content type="string" default=""/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="30s"/>
<action name="stop" timeout="60s"/>
<action name="monitor" timeout="20s" interval="10s" depth="0"/>
<action name="validate-all" timeout="20s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
END
}

serve 'start|stop|monitor|validate-all' "$@"
