# What can be told before anything is started, each with what to do about it.
# Read by `lab`; never run.

check_machine() {
    has vagrant || die "Vagrant is missing: run 'scripts/deps --vagrant'"
    has_plugin || die "Vagrant's libvirt plugin is missing: run 'scripts/deps --vagrant', or 'vagrant plugin install vagrant-libvirt' where the distribution has none"
    case $libvirt in
        own) check_own ;;
        system) ;;
        *) die "VRT_VAGRANT_LIBVIRT is 'own' or 'system', not '$libvirt'" ;;
    esac
    if [ "$VRT_VAGRANT_DRIVER" = kvm ] && [ ! -w /dev/kvm ] && [ "$libvirt" = own ]; then
        die '/dev/kvm cannot be opened: load KVM, or let the nodes be emulated (VRT_VAGRANT_DRIVER=qemu)'
    fi
    check_room
}

# A libvirtd of the lab's own.
check_own() {
    if [ "$(id -u)" -ne 0 ]; then
        die 'no libvirt answers at qemu:///system, and one of our own needs root: start libvirtd, or run this as root'
    fi
    for tool in libvirtd virsh qemu-system-x86_64 dnsmasq socat ssh-keygen; do
        has "$tool" || die "'$tool' is missing: run 'scripts/deps --vagrant'"
    done
    unshare --mount --pid --net --fork true 2>/dev/null ||
        die 'this machine makes no mount, pid and network namespaces (a container without privileges?): use one that does'
    if [ -n "${VRT_VAGRANT_BOX:-}" ]; then
        die "a box of Vagrant's catalogue needs the network, which nodes of a libvirtd of our own do not have: start the system's libvirtd, or leave VRT_VAGRANT_BOX unset"
    fi
}

has_plugin() {
    for plugin in /usr/share/rubygems-integration/*/gems/vagrant-libvirt-* \
        /usr/share/vagrant/gems/gems/vagrant-libvirt-* "${HOME:-/root}"/.vagrant.d/gems/*/gems/vagrant-libvirt-*; do
        if [ -e "$plugin" ]; then return 0; fi
    done
    return 1
}

check_room() {
    free=$(df -Pk "$(dirname "$home")" | awk 'NR == 2 { print int($4 / 1024) }')
    if [ "$free" -lt 3000 ]; then
        die "$(dirname "$home") has $free MiB left, and the nodes take 3000: make room, or set VRT_VAGRANT_HOME to a folder on another disk"
    fi
    free=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
    wanted=$((node_count * VRT_VAGRANT_MEMORY + 512))
    if [ "$free" -lt "$wanted" ]; then
        die "$free MiB of memory are available, and $node_count nodes take $wanted: end something, or make them smaller (VRT_VAGRANT_MEMORY, in MiB)"
    fi
}
