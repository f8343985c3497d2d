#!/bin/sh
# no fault: an agent for Xen that knows its guest by UUID and number, and reads what xl says beside its exit code
# base: xen
# passes: xen::a*, xen::d*, xen::f*, xen::i*, xen::k*, xen::l*, xen::m*, xen::n*, xen::o*, xen::p*
# passes: xen::state-letters::*, xen::stop-without-a-toolstack::stop, xen::stop-without-xl, xen::toolstack-down::*, xen::w*
# passes: start::absent, start::running::*, start::paused, start::crashed, monitor::state::running, monitor::state::outside
# passes: environment::locale*, interface::quiet-life, interface::usage, migrate::killed-late::*, migrate::killed-early::*
# passes: monitor::state::crashed, monitor::state::paused, monitor::state::absent, monitor::reboot, validate::good-configuration
# passes: migrate::target-vanishes, migrate::start-after-a-fenced-source, daemon::start-while-*, daemon::not-for-good::*
# passes: daemon::migrate-to::*, stop::frozen-emulator
# skips: start::adopted-definition
. "${0%/*}/functions"
record=/run/resource-agents/xen-$(printf %s "${OCF_RESOURCE_INSTANCE:-}" | tr -c '[:alnum:]\n' _)
file=${OCF_RESKEY_xmfile:-}

# within SECONDS COMMAND...: it ends with this agent, or by then
within() { timeout --foreground -s KILL "$@"; }

# tool ARGUMENT...: xl, but for no longer than five seconds, nor than the action has
tool() {
    rest=$((began + limit - 2 - $(date +%s)))
    within $((rest > 5 ? 5 : rest > 1 ? rest : 1)) xl "$@"
}

# setting KEY: its value in the file, in whatever order and spelling xl takes it
setting() {
    awk -v key="$1" '{
        line = $0
        while (match(line, /^[ \t]*[a-z_]+[ \t]*=[ \t]*("[^"]*"|\047[^\047]*\047|[0-9]+)[ \t]*/)) {
            one = substr(line, 1, RLENGTH); line = substr(line, RLENGTH + 1)
            is = one; sub(/^[ \t]*/, "", is); sub(/[ \t]*=.*/, "", is)
            value = one; sub(/^[^=]*=[ \t]*/, "", value); sub(/[ \t]*$/, "", value)
            if (value !~ /^[0-9]/) value = substr(value, 2, length(value) - 2)
            if (is == key) found = value
            if (sub(/^;[ \t]*/, "", line) == 0) break
        }
    } END { print found }' <<FILE
$text
FILE
}

# Sets `name` and `uuid` from the file, or else from the record of the last start, or else from the parameter.
know() {
    name='' uuid=''
    # The folder may hang.
    text=$([ "$file" ] && within 2 cat -- "$file" 2>/dev/null) && name=$(setting name) uuid=$(setting uuid)
    [ $? != 137 ] || hung=yes
    if [ -z "$uuid" ] && [ -f "$record" ]; then
        read -r uuid <"$record"
    fi
    [ -z "${OCF_RESKEY_name:-}" ] || name=$OCF_RESKEY_name
}

# Sets `state` to what Xen has of the guest, and `id` to its number.
look() {
    state=absent id=
    [ -n "$name$uuid" ] || { state=nameless; return; }
    listed=$(tool list -v 2>/dev/null) || { state=unknown; return; }
    found=$(printf '%s\n' "$listed" | name=$name uuid=$uuid awk 'NR > 1 {
        name = ENVIRON["name"]; uuid = ENVIRON["uuid"]; id = $(NF - 7)
        begin = sprintf(" %5d ", id); called = substr($0, 1, index($0, begin) - 1); sub(/ *$/, "", called)
        way = ""
        if (match(called, /--(incoming|migratedaway)$/)) { way = substr(called, RSTART + 2); called = substr(called, 1, RSTART - 1) }
        wanted = name; sub(/ *$/, "", wanted)
        if (uuid != "" ? $(NF - 2) == uuid : called == wanted) print id, way == "" ? $(NF - 4) : way
    }')
    # While one is half there by two names, the other one counts.
    for word in $(printf '%s\n' "$found" | sort -k2 | head -n 1); do
        [ "$id" ] && state=$word || id=$word
    done
}

monitor() {
    know
    look
    if [ "$state" = absent ] && [ "${OCF_RESKEY_CRM_meta_interval:-0}" != 0 ]; then
        # A guest that reboots is gone for a second or two.
        for _ in 1 2 3 4; do
            sleep 0.7
            look
            [ "$state" = absent ] || break
        done
    fi
    case $state in
        absent) return 7 ;;
        r* | -b* | --p--- | ------ | ---s--) ;;
        *)
            [ "$state${OCF_RESKEY_CRM_meta_interval:-0}" != nameless0 ] || end 5 "no file, name or record tells which guest is meant"
            end 1 "the guest is not known to be well: $state" ;;
    esac
    check_inside || end 1 "a monitor script fails"
}

check_inside() {
    for script in ${OCF_RESKEY_monitor_scripts:-}; do
        within $((limit > 8 ? limit / 2 : 3)) "$script" >/dev/null 2>&1 || return 1
    done
}

validate() {
    [ "$file" ] || end 6 "xmfile is not set"
    command -v xl >/dev/null || end 5 "there is no xl"
    case ${OCF_RESKEY_shutdown_timeout:-0} in *[!0-9]*) end 6 "shutdown_timeout is no number" ;; esac
    know
    [ -z "${hung:-}" ] || end 1 "the folder of $file hangs"
    [ "$text" ] || end 5 "$file cannot be read, or is empty"
    tool list >/dev/null 2>&1 || end 1 "xl does not reach the hypervisor"
    [ "$name" ] && tool create -n "$file" >/dev/null 2>&1 || end 5 "$file is no configuration of a guest"
}

start() {
    validate
    look
    # One that will never arrive, because its source was fenced, goes by itself.
    while [ "$state" = incoming ] && left 4; do
        sleep 0.5
        look
    done
    case $state in
        r* | -b* | ------) keep; return 0 ;;
        --p---) tool unpause "$id" && keep; return ;;
        absent) ;;
        *) end 1 "the guest is there, but not well: $state" ;;
    esac
    within $((limit > 6 ? limit - 3 : 3)) xl create "$file" ${OCF_RESKEY_name:+"name=\"$name\""} >&2 || end 1 "xl create failed"
    keep
    case ${OCF_RESKEY_allow_mem_management:-0} in
        1 | true | yes) look; tool mem-set "$id" "$(setting memory)" >&2 ;;
    esac
    while left 2; do
        look
        case $state in r* | -b* | ------) check_inside && return 0 ;; esac
        sleep 0.5
    done
    end 1 "the guest did not come up: $state"
}

keep() { echo "$uuid" >"$record"; }

stop() {
    know
    grace=${OCF_RESKEY_shutdown_timeout:-$((limit * 2 / 3))}
    case $grace in *[!0-9]*) grace=$((limit * 2 / 3)) ;; esac
    # A destroy may take as long as it takes to kill what does not react.
    [ "$grace" -le $((limit - 15)) ] || grace=$((limit > 15 ? limit - 15 : 1))
    asked=
    while left 2; do
        look
        case $state in
            absent | nameless) rm -f "$record"; return 0 ;;
            unknown) ;;
            r* | -b* | ------ | ---s--)
                if [ $(($(date +%s) - began)) -ge "$grace" ]; then
                    tool destroy "$id" >&2
                elif [ -z "$asked" ]; then
                    asked=yes
                    case ${OCF_RESKEY_shutdown_acpi:-0} in
                        1 | true | yes) tool trigger "$id" power >&2 ;;
                        *) tool shutdown "$id" >&2 ;;
                    esac
                fi ;;
            *) tool destroy "$id" >&2 ;;
        esac
        sleep 0.3
    done
    end 1 "the guest is not known to be gone: $state"
}

migrate_to() {
    target=${OCF_RESKEY_CRM_meta_migrate_target:-}
    [ "$target" ] || end 1 "no target is given"
    command -v xl >/dev/null || end 5 "there is no xl"
    if [ "${OCF_RESKEY_node_ip_attribute:-}" ]; then
        address=$(crm_attribute --type nodes --node "$target" -n "$OCF_RESKEY_node_ip_attribute" -G -q 2>/dev/null) &&
            [ "$address" ] && [ "$address" != "(null)" ] && target=$address
    fi
    know
    look
    case $state in
        r* | -b* | ------ | --p---) ;;
        *) end 1 "the guest does not run here: $state" ;;
    esac
    # By default ssh waits for a target that has vanished as long as TCP does.
    within $((limit > 10 ? limit - 4 : 6)) xl migrate -s "ssh -o ServerAliveInterval=5" "$id" "$target" >&2 || end 1 "xl migrate failed"
    look
    [ "$state" = absent ] || end 1 "the guest is still here: $state"
    rm -f "$record"
}

migrate_from() {
    command -v xl >/dev/null || end 5 "there is no xl"
    know
    while left $((limit / 3)); do
        look
        case $state in r* | -b* | ------ | --p---) keep; return 0 ;; esac
        sleep 0.3
    done
    end 1 "the guest did not arrive: $state"
}

meta_data() {
    cat <<META
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${0##*/}" version="1.0">
<version>1.1</version>
<longdesc lang="en">
Runs one virtual machine of Xen by its tool xl. The guest is known by the UUID in its file.

A paused guest and one that is suspended count as running, and start lets the former go on. A crashed one is failed, and
stop destroys it. The agent takes no lock on the disks: that is left to fencing.
</longdesc>
<shortdesc lang="en">Runs a virtual machine of Xen</shortdesc>
<parameters>
<parameter name="xmfile" unique-group="guest" required="1">
<longdesc lang="en">
Absolute path of the guest's file, best with a uuid.
</longdesc>
<shortdesc lang="en">Path of the guest's file</shortdesc>
<content type="string"/>
</parameter>
<parameter name="name" required="0">
<longdesc lang="en">
Name of the guest, for when the file is not there.
</longdesc>
<shortdesc lang="en">Name of the guest</shortdesc>
<content type="string"/>
</parameter>
<parameter name="shutdown_timeout" required="0">
<longdesc lang="en">
Seconds until a guest that was asked to shut down is destroyed; two thirds of the timeout unless set, and at once with 0.
</longdesc>
<shortdesc lang="en">Seconds until a guest is destroyed</shortdesc>
<content type="integer"/>
</parameter>
<parameter name="shutdown_acpi" required="0">
<longdesc lang="en">
Whether a guest is asked by its power button.
</longdesc>
<shortdesc lang="en">Ask by the power button</shortdesc>
<content type="boolean" default="0"/>
</parameter>
<parameter name="node_ip_attribute" required="0">
<longdesc lang="en">
Attribute of the target node with the address that migrations go to; the node's name unless set.
</longdesc>
<shortdesc lang="en">Node attribute with an address</shortdesc>
<content type="string"/>
</parameter>
<parameter name="allow_mem_management" required="0">
<longdesc lang="en">
Whether start gives the guest all the memory of its file, where Xen started it with less.
</longdesc>
<shortdesc lang="en">Set the memory after a start</shortdesc>
<content type="boolean" default="0"/>
</parameter>
<parameter name="monitor_scripts" required="0">
<longdesc lang="en">
Programs, with blanks between them, that monitor runs as well; each must succeed.
</longdesc>
<shortdesc lang="en">Programs that monitor runs</shortdesc>
<content type="string"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="60s"/>
<action name="stop" timeout="60s"/>
<action name="monitor" depth="0" timeout="40s" interval="10s"/>
<action name="migrate_to" timeout="120s"/>
<action name="migrate_from" timeout="60s"/>
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
META
}

serve 'start|stop|monitor|migrate_to|migrate_from|validate-all' "$@"
