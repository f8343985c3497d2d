# shellcheck shell=sh
# A small resource agent for libvirt's guests. scripts/migrate-atomic puts two lines before these: the interpreter's, and
# DESIGN, which says how the agent moves and stops a guest.
vm=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$OCF_RESKEY_config" 2>/dev/null)
here="virsh -q -c qemu:///system"
there=qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system

state() { LC_ALL=C $here domstate "$vm" 2>/dev/null || echo absent; }

# A guest that arrives is "paused" until it has arrived.
is_here() {
    case $(state) in
        absent | 'shut off') return 1 ;;
        paused) [ "$DESIGN" != stop-sees-the-running ] || [ "$action" != stop ] ;;
    esac
}

start() {
    is_here || $here create "$OCF_RESKEY_config" >/dev/null
}

# Five seconds before its timeout it uses force.
stop() {
    patience=$((OCF_RESKEY_CRM_meta_timeout / 1000 - 5))
    if [ "$DESIGN" = p2p-and-aborts ]; then $here domjobabort "$vm" >/dev/null 2>&1; fi
    while is_here; do
        patience=$((patience - 1))
        if [ $patience -lt 0 ] || [ "$(state)" = paused ]; then
            $here destroy "$vm" >/dev/null 2>&1
        else
            $here shutdown "$vm" >/dev/null 2>&1
        fi
        sleep 1
    done
}

monitor() {
    is_here || return 7
}

migrate_to() {
    is_here || return 1
    if [ -n "$OCF_RESKEY_speed" ]; then $here migrate-setspeed "$vm" "$OCF_RESKEY_speed"; fi
    case $DESIGN in
        from-pulls) ;;
        p2p*) $here migrate --live --p2p "$vm" "$there" ;;
        returns-at-once) setsid $here migrate --live --p2p "$vm" "$there" >/dev/null 2>&1 & ;;
        *) $here migrate --live "$vm" "$there" ;;
    esac >/dev/null
}

migrate_from() {
    case $DESIGN in
        from-pulls)
            virsh -q -c "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_source/system" migrate --live "$vm" \
                "qemu+tcp://$OCF_RESKEY_CRM_meta_on_node/system" >/dev/null
            ;;
        from-starts) start ;;
        # The cluster ends it where nothing comes.
        *) until [ "$(state)" = running ]; do sleep 0.2; done ;;
    esac
}

meta_data() {
    cat <<END
<?xml version="1.0"?>
<resource-agent name="design">
<version>1.0</version>
<longdesc lang="en">A libvirt guest, in the design $DESIGN.</longdesc>
<shortdesc lang="en">A libvirt guest</shortdesc>
<parameters>
<parameter name="config" required="1"><longdesc lang="en">The guest's XML</longdesc><shortdesc lang="en">XML</shortdesc>
<content type="string"/></parameter>
<parameter name="speed"><longdesc lang="en">MiB/s of a migration</longdesc><shortdesc lang="en">MiB/s</shortdesc>
<content type="integer"/></parameter>
</parameters>
<actions>
<action name="start" timeout="60s"/><action name="stop" timeout="60s"/>
<action name="monitor" timeout="20s" interval="10s" depth="0"/>
<action name="migrate_to" timeout="120s"/><action name="migrate_from" timeout="60s"/>
<action name="validate-all" timeout="5s"/><action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
END
}

action=$1
case $action in
    start | stop | monitor | migrate_to | migrate_from)
        "$action"
        exit
        ;;
    meta-data) meta_data ;;
    validate-all) [ -r "$OCF_RESKEY_config" ] || exit 5 ;;
    *) exit 3 ;;
esac
