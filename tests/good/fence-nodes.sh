#!/bin/sh
# no fault: a fence agent that asks libvirt of every node, and calls a guest off only once all of them say so
# base: fence
# passes: fencing::*
nodes='a b' action=reboot port=

while IFS= read -r line; do
    case $line in
        action=*) action=${line#*=} ;;
        port=* | plug=*) port=${line#*=} ;;
    esac
done
action=$(printf %s "$action" | tr '[:upper:]' '[:lower:]')

fail() {
    echo "fence-nodes: $1" >&2
    exit 1
}

# libvirt NODE ARGUMENT...: what virsh says there
libvirt() {
    uri=qemu+tcp://$1/system
    [ "$1" != "$(uname -n)" ] || uri=qemu:///system
    shift
    timeout 5 virsh -q -c "$uri" "$@" 2>/dev/null
}

# has NODE OPTION...: whether libvirt there lists the guest; 2 when it does not answer
has() {
    there=$1
    shift
    names=$(libvirt "$there" list --name "$@") || return 2
    printf '%s\n' "$names" | grep -Fqx -- "$port"
}

# Sets `on` to the nodes with an active domain of the guest, and `mute` to those that do not answer.
look() {
    on='' mute=''
    for node in $nodes; do
        has "$node"
        case $? in
            0) on="$on $node" ;;
            2) mute="$mute $node" ;;
        esac
    done
}

end() {
    for round in 1 2 3 4 5; do
        look
        [ "$on" ] || break
        for node in $on; do libvirt "$node" destroy "$port"; done
    done
    look
    [ -z "$on$mute" ] || fail "not known to be off: $on$mute"
}

# Starts the guest where it is defined, and nowhere while it may run.
begin() {
    look
    [ -z "$mute" ] || fail "no answer from$mute"
    [ -z "$on" ] || return 0
    for node in $nodes; do
        ! has "$node" --all || libvirt "$node" start "$port" && return 0
    done
    return 1
}

case $action in
    metadata)
        cat <<'END'
<?xml version="1.0" ?>
<resource-agent name="fence-nodes.sh" shortdesc="Fence agent for guests of two nodes">
<longdesc>Ends a guest through libvirt, on whichever node it is.</longdesc>
<vendor-url>https://libvirt.org</vendor-url>
<parameters>
<parameter name="action" unique="0" required="1"><getopt mixed="-o" /><content type="string" default="reboot" /><shortdesc lang="en">What to do</shortdesc></parameter>
<parameter name="port" unique="1" required="1"><getopt mixed="-n" /><content type="string" /><shortdesc lang="en">Name of the guest</shortdesc></parameter>
</parameters>
<actions>
<action name="off" /><action name="on" /><action name="reboot" /><action name="status" /><action name="monitor" />
<action name="list" /><action name="metadata" />
</actions>
</resource-agent>
END
        exit 0
        ;;
    monitor)
        look
        [ -z "$mute" ] || fail "no answer from$mute"
        exit 0
        ;;
    list)
        for node in $nodes; do libvirt "$node" list --all --name || fail "no answer from $node"; done |
            grep . | sort -u | sed 's/$/,/'
        exit 0
        ;;
    off | on | reboot | status) [ "$port" ] || fail 'no port is named' ;;
    *) fail "no action $action" ;;
esac

case $action in
    off) end ;;
    on) begin || fail 'no node has a definition of it' ;;
    reboot)
        end
        begin
        exit 0
        ;;
    status)
        look
        [ -z "$on" ] || exit 0
        [ -z "$mute" ] || fail "no answer from$mute"
        exit 2
        ;;
esac
