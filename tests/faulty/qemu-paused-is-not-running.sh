#!/bin/sh
# fault: monitor takes a guest whose processors stand still for one that does not run
# base: qemu
# caught by: monitor::state::paused

# Gives the emulator a command.
tell() {
    perl -MIO::Socket::UNIX -e '
        alarm 4;
        my $socket = IO::Socket::UNIX->new(Peer => glob "/run/resource-agents/qemu-*.qmp") or exit 1;
        for my $command ("qmp_capabilities", @ARGV) { <$socket>; print $socket "{\"execute\": \"$command\"}\n" }
        print scalar <$socket>;
    ' "$@" 2>/dev/null
}
if [ "$1" = monitor ]; then
    tell query-status | grep -q paused && exit 7
fi
exec "@AGENT@" "$@"
