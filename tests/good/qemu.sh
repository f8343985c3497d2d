#!/bin/bash
# no fault: an agent that starts QEMU itself, shares one QMP socket with whoever else asks there, and migrates live by QMP
# base: qemu
# passes: start::absent, start::running::running, start::paused, stop::running, stop::paused, stop::repeated::*, stop::io-error
# passes: monitor::state::absent, monitor::state::running, monitor::state::paused, monitor::state::pmsuspended
# passes: monitor::io-error, monitor::resumed, interface::quiet-life
# passes: monitor::state::crashed, start::crashed, stop::guest-cannot-react::crashed, environment::locale::crashed
# passes: migrate::not-running-here::crashed, migrate::start-after-a-fenced-source
# passes: identity::stranger-monitor, identity::stranger-stop, migrate::stranger-instead
# passes: migrate::whole::tcp, migrate::there-and-back, migrate::repeated-to, migrate::repeated-from, migrate::paused
# passes: migrate::no-target, migrate::not-running-here::absent, migrate::nothing-came, migrate::quiet-life
# passes: migrate::start-migrated, migrate::stop-migrated, migrate::partial::*, migrate::partial-stops-at-once
# passes: migrate::monitor-during, migrate::monitor-when-completed, migrate::start-target-while-copying
# passes: migrate::from-while-copying, migrate::killed-early::*, migrate::killed-late::*, migrate::killed-mid-copy::ssh
# passes: migrate::killed-while-copying::*, migrate::told-to-end, migrate::stopped-and-continued, migrate::aborted-by-hand
# passes: migrate::destroyed-by-hand::*, migrate::source-emulator-killed, migrate::target-emulator-killed
# passes: migrate::stop-source-while-copying, migrate::stop-target-while-copying, migrate::stops-while-copying
# passes: migrate::source-lost, migrate::target-lost, migrate::target-cut-off, migrate::stop-source-cut-off
# passes: migrate::connections-reset::*, migrate::stops-over-a-cut-one-way::*, migrate::frozen-target-in-time
# passes: migrate::never-converging-in-time, migrate::target-vanishes
# skips: monitor::state::outside, migrate::whole::tls, migrate::target-daemon-gone, migrate::post-copy-cut
# skips: migrate::stranger-on-the-target, identity::stranger-start
. "${0%/*}/functions"
qmp=/run/resource-agents/qemu-$(printf %s "${OCF_RESOURCE_INSTANCE:-}" | tr -c '[:alnum:]\n' _).qmp
# Is there while the guest of the emulator has not come yet, with the id of the process that waits for it.
incoming=$qmp.incoming
disk=${OCF_RESKEY_disk:-}
port=49300

# talk COMMAND...: gives the emulator these commands, words or whole messages, and prints its answer to the last one
talk() {
    perl -MIO::Socket::UNIX -e '
        alarm 4;
        my $socket = IO::Socket::UNIX->new(Peer => shift) or exit 1;
        my $said = sub { while (my $line = <$socket>) { return $line if $line =~ /"(QMP|return|error)"/ } exit 1 };
        $said->();
        my $answer;
        for my $command ("qmp_capabilities", @ARGV) {
            print $socket $command =~ /^\{/ ? "$command\n" : "{\"execute\": \"$command\"}\n";
            $answer = $said->();
            exit 1 if $answer =~ /^\{"error"/;
        }
        print $answer;
    ' "$qmp" "$@" 2>/dev/null
}

# field NAME ANSWER: prints the first value of that name
field() {
    [[ $2 =~ \"$1\":\ *\"?([a-z0-9-]+) ]] && echo "${BASH_REMATCH[1]}"
}

# Sets `pids` to the emulators with this disk.
find_emulators() {
    [ "$disk" ] || end 6 "disk is not set"
    pids=$(pgrep -f -- "^[^ ]*qemu-system-x86_64 .*file=$disk,")
}

# Sets `state` to what the emulator tells of its guest.
look() {
    state=absent
    find_emulators
    [ "$pids" ] || return
    state=$(field status "$(talk query-status)")
    [ ! -e "$incoming" ] || state=inmigrate
}

# launch OPTION...: starts an emulator
launch() {
    mkdir -p "${qmp%/*}"
    rm -f "$qmp"
    qemu-system-x86_64 -name guest=vm1 -accel tcg -machine pc -m 8 -nodefaults -display none -daemonize \
        -bios "$OCF_RESKEY_bios" -drive "file=$disk,format=raw,if=ide,cache=none,werror=stop,rerror=stop" \
        -device pvpanic -action panic=pause -qmp "unix:$qmp,server=on,wait=off" "$@" 2>&1
}

# Ends the emulators that were found, and the `receive` of one of them.
kill_emulators() {
    local receiver
    read -r receiver 2>/dev/null <"$incoming" && [ "$receiver" != $$ ] && kill "$receiver" 2>/dev/null
    for pid in $pids; do
        kill -s KILL "$pid"
    done
    gone_before 1 || end 1 "the emulator does not end"
    rm -f "$qmp" "$incoming"
}

validate() {
    [ "$disk" ] || end 6 "disk is not set"
    [ -r "${OCF_RESKEY_bios:-}" ] || end 5 "bios is not there"
}

monitor() {
    look
    # The guest is about to arrive elsewhere, or to stay.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        case $state in
            finish-migrate | postmigrate) sleep 0.2 && look ;;
        esac
    done
    case $state in
        absent | inmigrate) return 7 ;;
        running | paused | suspended) return 0 ;;
    esac
    end 1 "the guest is not known to be well: ${state:-its emulator does not answer}"
}

start() {
    look
    # One that is on its way comes, or its emulator is ended by `receive`, and does not answer meanwhile.
    while [[ $state =~ ^(inmigrate)?$ ]] && left 3; do
        sleep 0.2
        look
    done
    case $state in
        running | suspended) return 0 ;;
        paused) talk cont >/dev/null && return 0 ;;
        absent)
            rm -f "$incoming"
            said=$(launch) || end 1 "QEMU does not start: $said"
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
        talk migrate_cancel system_powerdown >/dev/null
        gone_before $((limit / 3))
    fi
    find_emulators
    kill_emulators
}

# On the target, in a secure shell of migrate_to: begins the emulator that the guest comes to, and ends it when the shell
# does, or is silent, before it says that the guest has come.
receive() {
    look
    [ "$state" = absent ] || { echo "refused: the guest is $state here"; return; }
    mkdir -p "${qmp%/*}"
    echo $$ >"$incoming"
    said=$(launch -S -incoming "tcp:0:$port") || { rm -f "$incoming"; echo "refused: $said"; return; }
    find_emulators
    own=$pids
    echo ready
    while read -r -t 15 word; do
        case $word in
            running | paused)
                [ "$word" = paused ] || talk cont >/dev/null || return
                rm -f "$incoming"
                echo here
                return ;;
        esac
    done
    find_emulators
    # Another that was started meanwhile is no business of this one.
    [ "${pids:-$own}" != "$own" ] || kill_emulators
}

# Begins `receive` on a node. It is told by `to`, and tells by `from`.
open_target() {
    local command
    command=$(printf '%q ' exec env "OCF_RESOURCE_INSTANCE=$OCF_RESOURCE_INSTANCE" "OCF_RESKEY_disk=$disk" \
        "OCF_RESKEY_bios=$OCF_RESKEY_bios" "$0" receive)
    coproc there { exec ssh -o ConnectTimeout=5 -o ServerAliveInterval=2 "$1" "$command" 2>/dev/null; }
    to=${there[1]} from=${there[0]} shell=$there_PID
}

# Ends the shell to the target, and so what is not here yet.
close_target() {
    exec {to}>&-
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$shell" 2>/dev/null || return
        sleep 0.2
    done
    kill "$shell"
}

# Sets `migration` to how the migration is, and `carried` to what went over.
look_at_migration() {
    local answer
    answer=$(talk query-migrate)
    migration=$(field status "$answer")
    carried=$(field transferred "$answer")
    find_emulators
    [ "$pids" ] || migration=lost
}

# Waits until the migration has come to an end, and calls it off where nothing moves or time runs out.
await_migration() {
    local last='' since=$SECONDS
    while left 3 && [ $((SECONDS - since)) -lt 6 ]; do
        look_at_migration
        case $migration in
            completed | failed | cancelled | lost) return ;;
        esac
        [ "$carried" = "$last" ] || since=$SECONDS
        last=$carried
        echo "on its way" >&"$to"
        sleep 0.1
    done
    talk migrate_cancel >/dev/null
    while left 1; do
        look_at_migration
        case $migration in
            completed | failed | cancelled | lost) return ;;
        esac
        sleep 0.1
    done
}

migrate_to() {
    local target=${OCF_RESKEY_CRM_meta_migrate_target:-} was word=
    [ "$target" ] || end 1 "migrate_to has no target"
    look
    case $state in
        running | paused) was=$state ;;
        *) end 1 "no guest is here to migrate: $state" ;;
    esac
    # A target that hangs up is told of by what is read.
    trap '' PIPE
    open_target "$target"
    read -r -t 10 word <&"$from"
    [ "$word" = ready ] || { close_target; end 1 "$target does not receive: ${word:-no answer}"; }
    talk "{\"execute\": \"migrate\", \"arguments\": {\"uri\": \"tcp:$target:$port\"}}" >/dev/null
    await_migration
    [ "$migration" = completed ] || { close_target; end 1 "the migration was given up: $migration"; }
    echo "$was" >&"$to"
    read -r -t 5 word <&"$from"
    close_target
    [ "$word" = here ] || end 1 "$target does not say that the guest has come"
    find_emulators
    kill_emulators
}

migrate_from() {
    look
    while [ "$state" = inmigrate ] && left 2; do
        sleep 0.2
        look
    done
    case $state in
        running | paused | suspended) return 0 ;;
    esac
    end 1 "no guest has come: $state"
}

meta_data() {
    cat <<META
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${0##*/}" version="1.0">
<version>1.1</version>
<longdesc lang="en">
Runs one virtual machine by QEMU itself, which it talks to by QMP.

A paused guest and one that sleeps count as running, and start lets the former go on. One that an I/O error has paused or
that has panicked is failed. The agent takes no lock on the disk: that is left to fencing. A migration needs root's secure shell to the other
node.
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
<action name="migrate_to" timeout="120s"/>
<action name="migrate_from" timeout="60s"/>
<action name="monitor" depth="0" timeout="20s" interval="10s"/>
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
META
}

[ "${1:-}" != receive ] || { receive; exit; }
serve 'start|stop|monitor|migrate_to|migrate_from|validate-all' "$@"
