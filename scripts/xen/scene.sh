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

# The guest is copied until the agent and all that it has started are killed: it goes on here, nothing is left there.
migrate_killed() {
    on a "setsid agent $agent migrate_to $parameters OCF_RESKEY_CRM_meta_migrate_target=b >/tmp/migrate 2>&1 & echo \$! >/tmp/pid"
    await has_guest b
    expect 7 b monitor "$probe"
    on a 'kill -9 -"$(cat /tmp/pid)"'
    await has_no_guest b
    expect 0 a monitor "$probe"
    goes_on
    say "$agent: killed while it migrates: the guest goes on at the source"
}

migrate() {
    expect 0 a migrate_to OCF_RESKEY_CRM_meta_migrate_target=b
    expect 0 b migrate_from OCF_RESKEY_CRM_meta_migrate_source=a
    expect 0 a stop
    expect 7 a monitor "$probe"
    expect 0 b monitor "$probe"
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

end() {
    expect 0 b stop
    expect 7 b monitor "$probe"
    [ "$(records | cut -d ' ' -f 3)" = ended ] || die 'the guest did not shut down by itself'
}

xen() {
    use Xen OCF_RESKEY_xmfile=/etc/xen/vm1.cfg
    begin
    migrate_killed
    migrate
    end
}

# VirtualDomain, over libvirt's driver for Xen.
virtual_domain() {
    for node in a b; do
        on "$node" 'libvirtd --daemon --listen'
        await on "$node" 'virsh -c xen:///system list'
    done
    use VirtualDomain OCF_RESKEY_hypervisor=xen:///system OCF_RESKEY_config=/etc/xen/vm1.xml \
        OCF_RESKEY_migration_transport=tcp OCF_RESKEY_autoset_utilization_cpu=false \
        OCF_RESKEY_autoset_utilization_hv_memory=false OCF_RESKEY_autoset_utilization_host_memory=false
    begin
    migrate
    end
}

scene() {
    part 'the agent Xen' xen
    part 'the agent VirtualDomain' virtual_domain
    # Last, for it ends xenstored, which cannot be started again.
    part 'the answers of xl' answers
}
