# Sourced by scripts/xen-smoke: what the agents are asked, and what is to be seen of the guest.

probe='OCF_RESKEY_CRM_meta_interval=0'

# Sets the agent and its parameters for what follows.
use() {
    agent=$1
    shift
    parameters=$*
}

# expect CODE NODE ACTION [VARIABLE=VALUE...]: an action of the agent, its exit code, and how long it took.
expect() {
    wanted=$1 node=$2 action=$3 began=$(date +%s) got=0
    shift 3
    on "$node" "agent $agent $action $parameters $*" || got=$?
    say "$agent: $action on $node: $got, $(($(date +%s) - began)) s"
    [ "$got" -eq "$wanted" ] || die "$action on $node was to end with $wanted, and said: $said"
}

# The disk as no guest has written to it yet.
wipe() { dd if=/dev/zero of="$home/disk" bs=1M count=1 conv=notrunc status=none; }

has_written() { [ -n "$(records)" ]; }

# What the only incarnation has written last.
counter() {
    [ "$(records | wc -l)" -eq 1 ] || die "several incarnations have written: $(records)"
    records | cut -d ' ' -f 2
}
is_beyond() { [ "$(counter)" -gt "$1" ]; }
# The guest goes on: the same incarnation writes more.
goes_on() { await is_beyond "$(counter)"; }

# Whether a node's Xen has the guest, under its own or another name.
has_guest() { on "$1" "xl list | grep -q '^vm1'"; }
has_no_guest() { ! has_guest "$1"; }

# The guest is being copied from a to b.
begin_migration() {
    on a "setsid agent $agent migrate_to $parameters OCF_RESKEY_CRM_meta_migrate_target=b >/tmp/migrate 2>&1 & echo \$! >/tmp/pid"
    await has_guest b
}

# Kills the agent that migrates, and all that it has started.
kill_migration() { on a 'kill -9 -"$(cat /tmp/pid)"' || die 'the migration was over before it was killed'; }

# The migration ends with its client: the guest goes on at the source, nothing is left on the target.
migrate_killed() {
    begin_migration
    expect 7 b monitor "$probe"
    kill_migration
    await has_no_guest b
    expect 0 a monitor "$probe"
    goes_on
    say "$agent: killed while it migrates: the guest goes on at the source"
}

# migrate FROM TO
migrate() {
    expect 0 "$1" migrate_to OCF_RESKEY_CRM_meta_migrate_target="$2"
    expect 0 "$2" migrate_from OCF_RESKEY_CRM_meta_migrate_source="$1"
    expect 0 "$1" stop
    expect 7 "$1" monitor "$probe"
    expect 0 "$2" monitor "$probe"
    goes_on
    say "$agent: migrated: the same incarnation goes on"
}

begin() {
    wipe
    expect 7 a monitor "$probe"
    expect 0 a start
    await has_written
    expect 0 a monitor "$probe"
    expect 7 b monitor "$probe"
}

# end NODE: the agent stops the guest there.
end() {
    expect 0 "$1" stop
    expect 7 "$1" monitor "$probe"
    [ "$(records | cut -d ' ' -f 3)" = ended ] || die 'the guest did not shut down by itself'
}

xen() {
    use Xen OCF_RESKEY_xmfile=/etc/xen/vm1.cfg
    begin
    migrate_killed
    migrate a b
    end b
}

# Starts libvirtd on both nodes, anew where it runs.
start_libvirt() {
    for node in a b; do
        on "$node" 'kill -9 $(pidof libvirtd); while pidof libvirtd; do sleep 0.1; done; libvirtd --daemon --listen'
        await on "$node" 'virsh -c xen:///system list'
    done
}

# libvirtd copies the guest to the end without its client, which would have let it go on: it stands still on both nodes.
migrate_killed_under_libvirt() {
    begin_migration
    kill_migration
    await on a 'xl list vm1 | grep -q -e ---s'
    await on b 'virsh -c xen:///system domstate vm1 | grep -q paused'
    expect 0 a monitor "$probe"
    stood=$(counter)
    expect 0 b monitor "$probe"
    [ "$(counter)" -eq "$stood" ] || die 'the guest writes, though it stands still on both nodes'
    say "$agent: killed while it migrates: the guest stands still on both nodes"
}

# What a person has to do then, for libvirt refuses all until it is started anew: the guest goes on at the target.
finish_by_hand() {
    on a 'xl destroy vm1' || die "what stands still on a was not destroyed: $said"
    start_libvirt
    on b 'virsh -c xen:///system resume vm1' || die "what stands still on b does not go on: $said"
    goes_on
}

# VirtualDomain, over libvirt's driver for Xen.
virtual_domain() {
    start_libvirt
    use VirtualDomain OCF_RESKEY_hypervisor=xen:///system OCF_RESKEY_config=/etc/xen/vm1.xml \
        OCF_RESKEY_migration_transport=tcp OCF_RESKEY_autoset_utilization_cpu=false \
        OCF_RESKEY_autoset_utilization_hv_memory=false OCF_RESKEY_autoset_utilization_host_memory=false
    begin
    migrate_killed_under_libvirt
    finish_by_hand
    migrate b a
    end a
}

scene() {
    part 'the agent Xen' xen
    part 'the agent VirtualDomain' virtual_domain
    # Last, for it ends xenstored, which cannot be started again.
    part 'the answers of xl' answers
}
