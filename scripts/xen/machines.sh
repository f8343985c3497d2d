# Sourced by scripts/xen-smoke: the two machines a and b, and what is asked of them and of their disk.

# qemu ARGUMENT...: the unpacked emulator, with its own libraries and files.
qemu() {
    libraries=$root/usr/lib/x86_64-linux-gnu
    QEMU_MODULE_DIR=$libraries/qemu "$libraries/ld-linux-x86-64.so.2" \
        --library-path "$libraries:$libraries/pulseaudio" "$root/usr/bin/qemu-system-x86_64" \
        -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
}

# boot NODE SERVER: boots Xen and dom0. The machines' network cards are joined by a socket that one of them serves.
boot() {
    rm -f "$home/$1.in" "$home/$1.out"
    mkfifo "$home/$1.in" "$home/$1.out"
    qemu -accel tcg -cpu qemu64,+svm,+npt -m 1200 -smp 1 -nodefaults -display none -no-reboot \
        -kernel "$home/xen" -append 'dom0_mem=640M,max:640M com1=115200,8n1 console=com1' \
        -initrd "$home/vmlinux console=hvc0 quiet node=$1,$home/dom0.cpio" \
        -serial "file:$home/$1.log" \
        -drive "file=$home/disk,format=raw,if=none,id=disk,file.locking=off" \
        -device virtio-blk-pci,drive=disk,share-rw=on \
        -netdev "stream,id=net,server=$2,addr.type=unix,addr.path=$home/net" \
        -device "virtio-net-pci,netdev=net,mac=52:54:00:00:00:0$1,romfile=" \
        -device virtio-serial -chardev "pipe,id=commands,path=$home/$1" -device virtserialport,chardev=commands \
        >"$home/$1.qemu" 2>&1 &
}

# Boots both machines, and waits until they take commands.
boot_machines() {
    truncate -s 0 "$home/disk"
    truncate -s 1M "$home/disk"
    rm -f "$home/net"
    boot a on
    until [ -S "$home/net" ]; do sleep 0.1; done
    boot b off
    # Opening waits for the emulator, which has both ends open as long as it lives.
    exec 3<"$home/a.out" 4<"$home/b.out"
    on a true && on b true
}

# on NODE COMMAND: runs a command, one line, as root in a node's dom0; $said is what it printed.
on() {
    printf '%s\n' "$2" >"$home/$1.in"
    case $1 in
        a) answer <&3 ;;
        b) answer <&4 ;;
    esac
}

# Reads the answer to a command: $said, and the exit code.
answer() {
    said=
    while IFS= read -r line; do
        case $line in
            '=== '*) return "${line#=== }" ;;
        esac
        said="$said$line
"
    done
    die 'a machine has ended'
}

# The records on the disk, a line each: the incarnation, its counter, and whether it ended cleanly.
records() { target/debug/examples/records "$home/disk"; }

# await COMMAND...: waits until a command succeeds; the run's time limit is the only one.
await() {
    until "$@"; do sleep 0.2; done
}
