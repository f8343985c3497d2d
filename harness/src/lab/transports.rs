//! How the nodes' libvirt daemons can reach each other, and what this machine lacks for it.

use super::launch::find_tool;
use crate::history::Transport;

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
    let missing = needed.iter().find(|tool| find_tool(tool).is_none())?;
    Some(format!("there is no {missing}"))
}
