# What a lab is made of: chosen when it comes up, and kept for the commands that come later.
# Read by `lab`; never run.

# Names that differ between labs on one libvirt: a node's domain, networks, the box.
own_prefix() { printf 'vrt-%s' "$(printf '%s' "$home" | sha256sum | cut -c 1-6)"; }

# The nodes' names and addresses: the suite's cases have `a` and `b`, whoever wants more has a use of their own for them.
named_nodes() {
    net=${VRT_VAGRANT_NETWORK:-192.168.56}
    case ${VRT_VAGRANT_NODES:-2} in
        2) echo "a=$net.11 b=$net.12" ;;
        3) echo "a=$net.11 b=$net.12 c=$net.13" ;;
        4) echo "a=$net.11 b=$net.12 c=$net.13 d=$net.14" ;;
        *) die "VRT_VAGRANT_NODES=$VRT_VAGRANT_NODES: there can be 2, 3 or 4 nodes" ;;
    esac
}

choose_settings() {
    VRT_PREFIX=$(own_prefix)
    VRT_NODES=$(named_nodes)
    # shellcheck disable=SC2086
    node_count=$(set -- $VRT_NODES; echo $#)
    VRT_VAGRANT_MEMORY=${VRT_VAGRANT_MEMORY:-1536}
    cpus=$(($(nproc) / 2))
    VRT_VAGRANT_CPUS=${VRT_VAGRANT_CPUS:-$((cpus < 1 ? 1 : cpus > 4 ? 4 : cpus))}
    VRT_VAGRANT_BOOT_TIMEOUT=${VRT_VAGRANT_BOOT_TIMEOUT:-600}
    libvirt=${VRT_VAGRANT_LIBVIRT:-$(if system_answers; then echo system; else echo own; fi)}
    VRT_VAGRANT_DRIVER=${VRT_VAGRANT_DRIVER:-$(proved_driver)}
    export VRT_PREFIX VRT_NODES VRT_VAGRANT_MEMORY VRT_VAGRANT_CPUS VRT_VAGRANT_BOOT_TIMEOUT VRT_VAGRANT_DRIVER
    if [ "$libvirt" = own ]; then export VRT_ISOLATED=yes VRT_CONSOLES="$home"; fi
}

system_answers() { has virsh && timeout 10 virsh -q -c qemu:///system version >/dev/null 2>&1; }

# KVM is proved by the suite's doctor, which boots a BIOS and a guest under it: /dev/kvm may open, and its guests hang.
proved_driver() {
    for program in "$root/target/release/virt-ra-tester" "$root/target/debug/virt-ra-tester"; do
        [ -x "$program" ] || continue
        if timeout 120 "$program" doctor 2>/dev/null | grep -q '^ *ok  *KVM '; then echo kvm; else echo qemu; fi
        return
    done
    say "KVM is not proved, as the suite is not built yet: the nodes are emulated (VRT_VAGRANT_DRIVER=kvm to differ)"
    echo qemu
}

keep_settings() {
    for name in libvirt VRT_PREFIX VRT_NODES VRT_VAGRANT_DRIVER VRT_VAGRANT_BOOT_TIMEOUT VRT_BOX VRT_BOX_FILE; do
        eval "value=\${$name:-}"
        printf "%s='%s'\n" "$name" "$value"
    done >"$home/settings"
}

load_settings() {
    libvirt=own VRT_PREFIX=$(own_prefix)
    # shellcheck source=/dev/null
    if [ -e "$home/settings" ]; then . "$home/settings"; fi
    export VRT_PREFIX VRT_NODES VRT_VAGRANT_DRIVER
}
