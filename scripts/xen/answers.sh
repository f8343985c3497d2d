# Sourced by scripts/xen-smoke: what the real xl answers, compared with what is recorded in tests/xl/answers. BLESS=1
# records it anew.

# situation NODE NAME [COMMAND...]: asks on a node what tests/xl/ask asks in a situation, through a command.
situation() {
    node=$1 situation=$2
    shift 2
    on "$node" "OCF_RESKEY_xmfile=/etc/xen/vm1.cfg $* ask $situation"
    printf '%s' "$said" >>"$home/answers"
}

# Xen's devices are hidden from a command, as where there is no hypervisor.
no_hypervisor="unshare -m sh -c 'mount -t tmpfs none /dev/xen; mount -t tmpfs none /proc/xen; exec \"\$0\" \"\$@\"'"

record() {
    rm -f "$home/answers"
    await has_no_guest a
    situation a absent
    situation a created
    wipe
    await has_written
    on a 'xl migrate vm1 b >/dev/null 2>&1 & echo $! >/tmp/pid'
    await has_guest b
    situation b arriving
    on a 'kill -9 "$(cat /tmp/pid)"'
    await has_no_guest b
    situation a migrated
    situation b shut_down
    await has_no_guest b
    on a 'xl create /etc/xen/vm1.cfg'
    situation a ended
    situation a down "$no_hypervisor"
    on b 'kill -9 "$(pidof xenstored)"'
    situation b stuck
}

answers() {
    record
    if [ -n "${BLESS:-}" ]; then cp "$home/answers" tests/xl/answers; fi
    diff -u tests/xl/answers "$home/answers" || die 'the real xl answers otherwise than tests/xl/answers says'
}
