//! How the nodes' libvirt daemons can reach each other, and what this machine lacks for it.

use crate::history::Transport;
use crate::installed;

/// Every transport that a lab can be built with on some machine.
pub const ALL: [Transport; 3] = [Transport::Tcp, Transport::Tls, Transport::Ssh];

/// Why labs with this transport cannot be built on this machine; none when they can.
#[must_use]
pub fn lacking(transport: Transport) -> Option<String> {
    let needed: &[&str] = match transport {
        Transport::Tcp => &[],
        Transport::Tls => &["openssl"],
        Transport::Ssh => &["sshd", "ssh", "ssh-keygen"],
    };
    let missing = needed
        .iter()
        .find(|tool| installed::program(tool).is_none())?;
    Some(format!("there is no {missing}"))
}
