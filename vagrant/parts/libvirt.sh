# The libvirt that has the nodes: the system's, or one in the holder's namespaces.
# Read by `lab`; never run.

# The start time of a process, in ticks since boot; empty when there is none.
start_time() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    echo "${20}"
}

# Sets `holder` to the holder's process, when it lives.
holder_lives() {
    if [ ! -s "$home/holder" ]; then return 1; fi
    read -r holder began_at <"$home/holder"
    [ "$(start_time "$holder")" = "$began_at" ]
}

# This script holds the other end of the holder's pipe, and no child of it may.
start_holder() {
    mkfifo "$home/pipe"
    exec 9<>"$home/pipe"
    setsid unshare --mount --pid --net --fork --kill-child "$here/holder" "$home" \
        3<"$home/pipe" 7<&- 9>&- </dev/null >"$home/holder.log" 2>&1 &
    unshared=$!
    wait_for 30 holder_answers || die "the holder did not start:
$(tail -n 15 "$home/holder.log" "$home/libvirtd.log" 2>/dev/null)"
}

holder_answers() {
    if ! kill -0 "$unshared" 2>/dev/null; then return 1; fi
    holder_lives && virsh_of version >/dev/null 2>&1
}

# From here on the holder outlives this script.
release_holder() {
    echo ready >&9
    exec 9>&-
    rm -f "$home/pipe"
}

# Ends everything in the holder's namespaces; returns when it is gone.
end_holder() {
    if [ -e "$home/holder.new" ]; then mv "$home/holder.new" "$home/holder"; fi
    if ! holder_lives; then return 0; fi
    kill -KILL "$holder"
    wait_for 30 holder_is_gone || die "process $holder does not end"
}

holder_is_gone() { ! holder_lives; }

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time has passed.
wait_for() {
    deadline=$(($(date +%s) + $1))
    shift
    until "$@"; do
        if [ "$(date +%s)" -ge "$deadline" ]; then return 1; fi
        sleep 0.1
    done
}

# inside COMMAND...: where the nodes' libvirt is.
inside() {
    if [ "$libvirt" = own ]; then
        set -- nsenter --target "$holder" --mount --pid --net "$@"
    fi
    "$@"
}

virsh_of() { inside virsh -q -c qemu:///system "$@"; }
