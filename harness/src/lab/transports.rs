//! How the nodes' libvirt daemons can reach each other, and what this machine lacks for it.

use crate::history::Transport;
use crate::installed;

/// Every transport that a lab can be built with on some machine.
pub const ALL: [Transport; 3] = [Transport::Tcp, Transport::Tls, Transport::Ssh];

/// Why nodes of this machine cannot be reached by this transport; none when they can.
#[must_use]
pub fn lacking(transport: Transport) -> Option<String> {
    installed::missing(match transport {
        Transport::Tcp => &[],
        Transport::Tls => &["openssl"],
        Transport::Ssh => &["sshd", "ssh", "ssh-keygen"],
    })
}

/// Why this machine cannot make the keys of this transport for nodes of other machines; none when it can.
pub(super) fn no_keys(transport: Transport) -> Option<String> {
    installed::missing(match transport {
        Transport::Tcp => &[],
        Transport::Tls => &["openssl"],
        Transport::Ssh => &["ssh-keygen"],
    })
}
