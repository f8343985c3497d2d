#!/bin/sh
# fault: stop pauses the guest, and leaves its emulator
# base: qemu
# caught by: stop::running, stop::paused

# Gives the emulator a command.
tell() {
    perl -MIO::Socket::UNIX -e '
        alarm 4;
        my $socket = IO::Socket::UNIX->new(Peer => glob "/run/resource-agents/qemu-*.qmp") or exit 1;
        for my $command ("qmp_capabilities", @ARGV) { <$socket>; print $socket "{\"execute\": \"$command\"}\n" }
        print scalar <$socket>;
    ' "$@" 2>/dev/null
}
if [ "$1" = stop ] && tell stop >/dev/null; then
    exit 0
fi
exec "@AGENT@" "$@"
