#!/bin/sh
# fault: start leaves the guest paused, and answers success
# base: qemu
# caught by: start::absent

# Gives the emulator a command.
tell() {
    perl -MIO::Socket::UNIX -e '
        alarm 4;
        my $socket = IO::Socket::UNIX->new(Peer => glob "/run/resource-agents/qemu-*.qmp") or exit 1;
        for my $command ("qmp_capabilities", @ARGV) { <$socket>; print $socket "{\"execute\": \"$command\"}\n" }
        print scalar <$socket>;
    ' "$@" 2>/dev/null
}
if [ "$1" = start ]; then
    "@AGENT@" start || exit
    tell stop >/dev/null
    exit 0
fi
exec "@AGENT@" "$@"
