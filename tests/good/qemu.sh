#!/bin/sh
# no fault: an agent that starts QEMU itself and shares one QMP socket with whoever else asks there
# base: qemu
# passes: start::absent, start::running::running, start::paused, stop::running, stop::paused, stop::repeated::*, stop::io-error
# passes: monitor::state::absent, monitor::state::running, monitor::state::paused, monitor::state::pmsuspended
# passes: monitor::io-error, monitor::resumed, interface::quiet-life
# skips: monitor::state::crashed, monitor::state::outside
export LC_ALL=C
began=$(date +%s)
limit=$((${OCF_RESKEY_CRM_meta_timeout:-60000} / 1000))
qmp=/run/resource-agents/qemu-$(printf %s "${OCF_RESOURCE_INSTANCE:-}" | tr -c '[:alnum:]\n' _).qmp
disk=${OCF_RESKEY_disk:-}

# end CODE TEXT
end() {
    echo "ocf-exit-reason:$2" >&2
    exit "$1"
}

# Whether so many seconds of the action's time are left.
left() { [ $(($(date +%s) - began)) -lt $((limit - $1)) ]; }

# talk COMMAND...: gives the emulator these commands, and prints the state that it tells afterwards
talk() {
    perl -MIO::Socket::UNIX -e '
        alarm 4;
        my $socket = IO::Socket::UNIX->new(Peer => shift) or exit 1;
        my $said = sub { while (my $line = <$socket>) { return $line if $line =~ /"(QMP|return|error)"/ } exit 1 };
        $said->();
        my $answer;
        for my $command ("qmp_capabilities", @ARGV, "query-status") {
            print $socket "{\"execute\": \"$command\"}\n";
            $answer = $said->();
            exit 1 if $answer =~ /^\{"error"/;
        }
        print $1 if $answer =~ /"status": *"([^"]+)"/;
    ' "$qmp" "$@" 2>/dev/null
}

# Sets `pids` to the emulators with this disk.
find_emulators() {
    pids=$(pgrep -f -- "^[^ ]*qemu-system-x86_64 .*file=$disk,")
}

# Sets `state` to what the emulator tells of its guest.
look() {
    state=absent
    find_emulators
    [ -z "$pids" ] || state=$(talk) || state=unknown
}

monitor() {
    look
    case $state in
        absent) return 7 ;;
        running | paused | suspended) return 0 ;;
    esac
    end 1 "the guest is not known to be well: $state"
}

start() {
    look
    case $state in
        running | suspended) return 0 ;;
        paused) talk cont >/dev/null && return 0 ;;
        absent)
            mkdir -p "${qmp%/*}"
            rm -f "$qmp"
            said=$(qemu-system-x86_64 -name guest=vm1 -accel tcg -machine pc -m 8 -nodefaults -display none -daemonize \
                -bios "$OCF_RESKEY_bios" -drive "file=$disk,format=raw,if=ide,cache=none,werror=stop,rerror=stop" \
                -qmp "unix:$qmp,server=on,wait=off" 2>&1) || end 1 "QEMU does not start: $said"
            while left 2; do
                look
                [ "$state" != running ] || return 0
                sleep 0.2
            done ;;
    esac
    end 1 "the guest does not run: $state"
}

# Whether the guest is gone by the time that leaves so many seconds.
gone_before() {
    while left "$1"; do
        find_emulators
        [ "$pids" ] || return 0
        sleep 0.2
    done
    return 1
}

stop() {
    look
    if [ "$state" = running ]; then
        talk system_powerdown >/dev/null
        gone_before $((limit / 3))
    fi
    find_emulators
    for pid in $pids; do
        kill -s KILL "$pid"
    done
    gone_before 1 || end 1 "the emulator does not end"
    rm -f "$qmp"
}

meta_data() {
    cat <<META
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${0##*/}" version="1.0">
<version>1.1</version>
<longdesc lang="en">
Runs one virtual machine by QEMU itself, which it talks to by QMP.

A paused guest and one that sleeps count as running, and start lets the former go on. One that an I/O error has paused is
failed. The agent takes no lock on the disk: that is left to fencing.
</longdesc>
<shortdesc lang="en">Runs a virtual machine by QEMU</shortdesc>
<parameters>
<parameter name="disk" unique-group="guest" required="1">
<longdesc lang="en">
Where QEMU finds the guest's disk.
</longdesc>
<shortdesc lang="en">The guest's disk</shortdesc>
<content type="string"/>
</parameter>
<parameter name="bios" required="1">
<longdesc lang="en">
Absolute path of the guest's firmware.
</longdesc>
<shortdesc lang="en">The guest's firmware</shortdesc>
<content type="string"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="60s"/>
<action name="stop" timeout="60s"/>
<action name="monitor" depth="0" timeout="20s" interval="10s"/>
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
META
}

case ${1:-} in
    meta-data) meta_data; exit 0 ;;
    usage | help) echo "usage: $0 start|stop|monitor|validate-all|meta-data"; exit 0 ;;
    start | stop | monitor | validate-all) ;;
    *) end 3 "unknown action ${1:-}" ;;
esac
[ "$disk" ] || end 6 "disk is not set"
case $1 in
    start) start ;;
    stop) stop ;;
    monitor) monitor ;;
    validate-all) [ -r "${OCF_RESKEY_bios:-}" ] || end 5 "bios is not there" ;;
esac
