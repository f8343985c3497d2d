use super::part::Part;
use crate::equipment::{PartId, Transport};

/// Plain TCP.
#[derive(Debug)]
pub(super) struct Tcp;

impl Part for Tcp {
    fn id(&self) -> PartId {
        PartId::Transport(Transport::Tcp)
    }

    fn name(&self) -> &'static str {
        "plain TCP"
    }

    fn libvirtd_settings(&self) -> &'static str {
        "listen_tls = 0\nlisten_tcp = 1\n"
    }
}
