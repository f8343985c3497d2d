# Sourced by scripts/xen-smoke: the packages, unpacked, and what the two machines boot, all below $home.

# What dom0, the guest and the machines' emulator are made of. Debian 12's QEMU is 7.2; 10.0.2 has a bug by which no
# PVH guest boots under TCG.
packages='xen-hypervisor-4.17-amd64 xen-utils-4.17 linux-image-amd64 linux-image-cloud-amd64 busybox-static kmod
    openssh-server openssh-client resource-agents libvirt-daemon libvirt-daemon-driver-xen libvirt-clients
    qemu-system-x86'

# What dom0 has: programs, whose libraries come along, and files that are not programs.
programs='usr/lib/xen-4.17/bin/xl usr/lib/xen-4.17/bin/libxl-save-helper usr/lib/xen-4.17/bin/xenstored
    usr/lib/xen-4.17/bin/xen-init-dom0 usr/lib/xen-4.17/bin/xenconsoled usr/bin/xenstore-read usr/bin/xenstore-write
    usr/bin/ssh usr/bin/ssh-keygen usr/sbin/sshd usr/sbin/libvirtd usr/bin/virsh
    usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so'
files='usr/bin/busybox etc/xen/xl.conf usr/sbin/xl usr/sbin/xenstored usr/sbin/xenconsoled usr/lib/xen-common/bin/xen-utils-wrapper
    usr/share/libvirt/cpu_map usr/lib/ocf/resource.d/heartbeat/Xen usr/lib/ocf/resource.d/heartbeat/VirtualDomain
    usr/lib/ocf/lib/heartbeat'
modules='virtio_pci virtio_blk virtio_net virtio_console xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs
    xen-blkback'

# apt on this machine's sources, as if nothing were installed: a package comes with all that it depends on.
apt() {
    : >"$home/apt/status"
    apt-get -qq -y -o Dir::State::status="$home/apt/status" -o Dir::Cache::archives="$home/apt/archives" \
        -o APT::Install-Recommends=false "$@"
}

# Fetches the packages, those that are not there yet.
fetch() {
    mkdir -p "$home/apt/archives/partial"
    # shellcheck disable=SC2086
    apt --download-only install $packages
    apt autoclean
}

# Unpacks the packages into $root; what is unpacked already stays.
unpack() {
    (cd "$home/apt/archives" && ls -- *.deb) >"$home/apt/list"
    if cmp -s "$home/apt/list" "$root/complete"; then return 0; fi
    rm -rf "$root"
    for folder in bin sbin lib lib64; do
        mkdir -p "$root/usr/$folder"
        ln -s "usr/$folder" "$root/$folder"
    done
    while read -r package; do
        dpkg-deb --fsys-tarfile "$home/apt/archives/$package" | tar -xC "$root" --keep-directory-symlink -f - || return 1
    done <"$home/apt/list"
    for kernel in "$root"/lib/modules/*; do
        chroot "$root" /sbin/depmod "${kernel##*/}"
    done
    cp "$home/apt/list" "$root/complete"
}

# The version of the kernel with a suffix: amd64 or cloud-amd64.
kernel() { (cd "$root/lib/modules" && ls) | grep "[0-9]-$1\$"; }

# copy FOLDER PATH...: copies paths below $root to the same places below a folder.
copy() {
    into=$1
    shift
    (cd "$root" && tar -c -- "$@") | tar -xC "$into" --keep-directory-symlink
}

# The libraries of programs of $root, below it.
libraries() {
    for program in "$@"; do
        chroot "$root" /lib64/ld-linux-x86-64.so.2 --list "/$program" 2>/dev/null
    done | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
        # A link and what it points at.
        printf '%s\n%s\n' "${library#/}" "$(dirname "${library#/}")/$(basename "$(readlink -f "$root$library")")"
    done
}

# The modules that dom0 loads and those that they need, as files below $root.
module_files() {
    folder=lib/modules/$1
    for module in $modules; do
        grep "/$module\.ko:" "$root/$folder/modules.dep"
    done | tr -d : | tr ' ' '\n' | sort -u | sed "s,^,$folder/,"
    printf '%s\n' "$folder/modules.dep" "$folder/modules.alias"
}

# archive FOLDER: an initramfs on standard output.
archive() { (cd "$1" && find . | "$root/bin/busybox" cpio -o -H newc 2>/dev/null); }

# The uncompressed kernel in a bzImage whose payload is XZ. Offsets are those of the kernel's boot protocol.
vmlinux() {
    number() { od -An -t "u$2" -j "$1" -N "$2" "$image" | tr -d ' '; }
    image=$1
    start=$((($(number 497 1) + 1) * 512 + $(number 584 4)))
    tail -c +$((start + 1)) "$image" | head -c "$(($(number 588 4) - 4))" | xz -dc
}

# The guest: the cloud kernel, and an initramfs that is the witness.
make_guest() {
    guest=$home/guest version=$(kernel cloud-amd64)
    mkdir -p "$guest/dev" "$guest/sbin"
    cc -static -nostdlib -ffreestanding -fno-stack-protector -O2 -o "$guest/init" harness/guest/xen.c
    cp "$guest/init" "$guest/sbin/poweroff"
    cp "$(find "$root/lib/modules/$version" -name xen-blkfront.ko)" "$guest"
}

# Dom0's files, with the guest's among them.
make_dom0() {
    dom0=$home/dom0 version=$(kernel amd64)
    for folder in bin sbin lib lib64; do
        mkdir -p "$dom0/usr/$folder"
        ln -s "usr/$folder" "$dom0/$folder"
    done
    mkdir -p "$dom0"/dev "$dom0"/proc "$dom0"/sys "$dom0"/tmp "$dom0"/run/sshd "$dom0"/root/.ssh "$dom0"/etc/xen/scripts
    # shellcheck disable=SC2046,SC2086
    copy "$dom0" $programs $files lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 \
        $(libraries $programs) $(module_files "$version")
    cp -L "$root/boot/vmlinuz-$(kernel cloud-amd64)" "$dom0/root/vmlinuz"
    archive "$home/guest" >"$dom0/root/witness.cpio"
    cp -R scripts/xen/dom0/. "$dom0"
    cp tests/xl/ask "$dom0/usr/bin"
    sed -i "/x86_486.xml/i <include filename='x86_tcg.xml'/>" "$dom0/usr/share/libvirt/cpu_map/index.xml"
    ssh-keygen -q -t ed25519 -N '' -f "$dom0/root/.ssh/id_ed25519"
    cp "$dom0/root/.ssh/id_ed25519.pub" "$dom0/root/.ssh/authorized_keys"
    chmod 700 "$dom0/root" "$dom0/root/.ssh"
}

# All that the machines boot: $home/xen, $home/vmlinux, $home/dom0.cpio.
make_images() {
    rm -rf "$home/guest" "$home/dom0"
    make_guest
    make_dom0
    gunzip -c "$root/boot/xen-4.17-amd64.gz" >"$home/xen"
    vmlinux "$root/boot/vmlinuz-$(kernel amd64)" >"$home/vmlinux"
    archive "$home/dom0" >"$home/dom0.cpio"
}
