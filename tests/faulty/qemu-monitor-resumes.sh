#!/bin/sh
# fault: monitor lets a paused guest go on
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
[ "$1" = monitor ] && tell cont >/dev/null
exec "@AGENT@" "$@"
