# The nodes: their box, their boot, the way in, their power.
# Read by `lab`; never run.

# Sets VRT_BOX, and VRT_BOX_FILE when it is not one of Vagrant's catalogue.
find_box() {
    if [ -n "${VRT_VAGRANT_BOX:-}" ]; then
        VRT_BOX=$VRT_VAGRANT_BOX
    else
        VRT_BOX_FILE=${VRT_VAGRANT_BOX_FILE:-}
        if [ -z "$VRT_BOX_FILE" ]; then
            step "$here/box" >/dev/null || die 'there is no box to boot; see above'
            VRT_BOX_FILE=$("$here/box" --path)
        fi
        [ -r "$VRT_BOX_FILE" ] || die "the box $VRT_BOX_FILE is not there, or cannot be read"
        VRT_BOX_FILE=$(realpath "$VRT_BOX_FILE")
        VRT_BOX=$VRT_PREFIX
        export VRT_BOX_FILE
    fi
    export VRT_BOX
}

# Vagrant keeps all that it keeps in the lab's home, and asks nobody for updates.
run_vagrant() {
    export VAGRANT_HOME="$home/vagrant" VAGRANT_DOTFILE_PATH="$home/machines" VAGRANT_CWD="$here" TMPDIR="$home/tmp"
    export VAGRANT_CHECKPOINT_DISABLE=1 VAGRANT_NO_COLOR=1 VAGRANT_IGNORE_WINRM_PLUGIN=1
    mkdir -p "$VAGRANT_HOME" "$TMPDIR"
    # A plugin that its user installed lies in the user's own folder.
    for part in gems plugins.json; do
        if [ -e "${HOME:-/root}/.vagrant.d/$part" ]; then ln -sfn "${HOME:-/root}/.vagrant.d/$part" "$VAGRANT_HOME/$part"; fi
    done
    if [ "$libvirt" = own ]; then
        set -- nsenter --target "$holder" --mount --pid --net --wd="$here" timeout -k 10 "$VRT_VAGRANT_BOOT_TIMEOUT" vagrant "$@"
    else
        set -- timeout -k 10 "$VRT_VAGRANT_BOOT_TIMEOUT" vagrant "$@"
    fi
    step "$@"
}

boot_nodes() {
    VRT_KEY=$(cat "$home/key.pub")
    export VRT_KEY
    say "$node_count nodes come up with the driver $VRT_VAGRANT_DRIVER, which takes one minute to five"
    run_vagrant up --parallel </dev/null >"$home/up.log" 2>&1 || explain_failure $?
}

# explain_failure CODE: ends with what Vagrant and the consoles said last, and what to do.
explain_failure() {
    tr '\r' '\n' <"$home/up.log" | grep -vE '^[[:space:]]*$|Progress:|==> [a-z]+:  -- ' | tail -n 20 >&2
    for console in "$home"/console-*.log; do
        if [ -s "$console" ]; then
            say "the console of a node, ${console##*/}, ends with:"
            tr '\r' '\n' <"$console" | grep -v '^[[:space:]]*$' | tail -n 10 >&2
        elif [ -e "$console" ]; then
            say "the console of a node, ${console##*/}, is empty: no kernel ran there"
        fi
    done
    if [ "$libvirt" = system ]; then say "a node's console: virsh -c qemu:///system console $VRT_PREFIX-a"; fi
    # What `timeout` ends has this code.
    if [ "$1" -ne 124 ]; then die "Vagrant failed; what it said last stands above. A broken box: 'vagrant/box --fresh' builds it anew"; fi
    die "the nodes did not come up within $VRT_VAGRANT_BOOT_TIMEOUT s; what was said last stands above.
lab: a box that cannot boot: unset VRT_VAGRANT_BOX_FILE, or build it anew ('vagrant/box --fresh').
lab: a machine that is only slow: VRT_VAGRANT_BOOT_TIMEOUT=1800. A KVM that hangs: VRT_VAGRANT_DRIVER=qemu."
}

# Where a node is logged in to: the address that libvirt gave its first card.
login_address() {
    virsh_of domifaddr --source lease "$VRT_PREFIX-$1" | awk '$3 == "ipv4" { sub("/.*", "", $4); print $4; exit }'
}

# What the suite reads. It is there only when all else is: its presence says that the lab is up.
write_inventory() {
    {
        for entry in $VRT_NODES; do
            printf 'Host %s\n  HostName %s\n' "${entry%%=*}" "$(login_address "${entry%%=*}")"
        done
        printf 'Host *\n  User root\n  IdentityFile "%s"\n  IdentitiesOnly yes\n' "$home/key"
        printf '  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n'
        if [ "$libvirt" = own ]; then
            printf '  ProxyCommand %s --target %s --net %s - TCP:%%h:%%p\n' "$(command -v nsenter)" "$holder" "$(command -v socat)"
        fi
    } >"$home/ssh_config"
    for entry in $VRT_NODES; do
        wait_for 120 ssh_answers "${entry%%=*}" 2>"$home/login.log" ||
            die "root cannot log in to node ${entry%%=*}: $(tail -n 3 "$home/login.log")"
    done
    {
        printf 'ssh_config: ssh_config\nnodes:\n'
        for entry in $VRT_NODES; do
            printf '  - {host: %s, address: %s}\n' "${entry%%=*}" "${entry#*=}"
        done
        printf 'power:\n'
        for way in cut=off restore=on; do
            printf "  %s: \"env VRT_VAGRANT_HOME='%s' '%s' power-%s \$host\"\n" \
                "${way%=*}" "$home" "$here/lab" "${way#*=}"
        done
    } >"$home/inventory.new"
    mv "$home/inventory.new" "$home/inventory.yaml"
}

ssh_answers() { timeout 60 ssh -F "$home/ssh_config" -o ConnectTimeout=20 "$1" true </dev/null 9>&-; }

is_running() { [ "$(virsh_of domstate "$VRT_PREFIX-$1" | head -n 1)" = running ]; }

power_off() {
    if is_running "$1"; then virsh_of destroy "$VRT_PREFIX-$1" >/dev/null; fi
}

power_on() {
    if ! is_running "$1"; then virsh_of start "$VRT_PREFIX-$1" >/dev/null; fi
    wait_for "$VRT_VAGRANT_BOOT_TIMEOUT" ssh_answers "$1" 2>/dev/null || die "node $1 has its power, and cannot be logged in to"
}

start_what_is_off() {
    for entry in $VRT_NODES; do
        if ! is_running "${entry%%=*}"; then power_on "${entry%%=*}"; fi
    done
}

# Removes a lab, whole or half made; what it cannot end, it says.
clear_away() {
    "$here/box" --tidy
    if [ ! -e "$home" ]; then return 0; fi
    case $libvirt in
        own) end_holder ;;
        system) destroy_system_nodes ;;
    esac
    rm -rf "$home"
}

destroy_system_nodes() {
    if [ ! -e "$home/machines" ]; then return 0; fi
    run_vagrant destroy --force </dev/null >/dev/null 2>&1 || die "'vagrant destroy' failed: see VAGRANT_CWD=$here"
    virsh_of vol-list default 2>/dev/null | awk -v box="$VRT_PREFIX" 'index($1, box) == 1 { print $1 }' |
        while read -r volume; do virsh_of vol-delete --pool default "$volume" >/dev/null || true; done
}
