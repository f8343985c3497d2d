use std::sync::mpsc;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::DomainState;
use virt::sys;

use super::connection;
use super::domain::{DISK, DomainSpec};
use super::error::LabError;
use super::node::Node;

/// How long a call may take until the daemon counts as hung.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the first guest of a node may take: libvirt probes QEMU before it, which lasts half a minute on a machine
/// that is itself a guest without KVM.
const FIRST: Duration = Duration::from_secs(180);

/// Does something with a node's libvirt, in a thread of its own.
///
/// The thread bounds a daemon that never answers, and catches the panics of virt 0.5, whose `Drop`
/// panics where libvirt fails to close.
///
/// # Errors
/// When libvirt refuses, or does not answer in time.
pub(crate) fn ask_libvirt<T: Send + 'static>(
    node: &dyn Node,
    doing: &str,
    act: impl FnOnce(&Connect) -> Result<T, virt::error::Error> + Send + 'static,
) -> Result<T, LabError> {
    ask_patiently(node, doing, PATIENCE, act)
}

fn ask_patiently<T: Send + 'static>(
    node: &dyn Node,
    doing: &str,
    patience: Duration,
    act: impl FnOnce(&Connect) -> Result<T, virt::error::Error> + Send + 'static,
) -> Result<T, LabError> {
    let uri = node.libvirt_uri();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // Otherwise libvirt prints every error on standard error.
        virt::error::clear_error_callback();
        let done = Connect::open(Some(&uri)).and_then(|connect| {
            let done = act(&connect);
            connection::release(connect);
            done
        });
        tell.send(done.map_err(|error| error.to_string()))
    });
    let done = told.recv_timeout(patience);
    done.unwrap_or_else(|_| Err(format!("no answer in {} s", patience.as_secs())))
        .map_err(|why| LabError::Libvirt {
            node: node.name().clone(),
            doing: doing.to_owned(),
            why,
        })
}

/// Defines and starts a domain, the node's first.
pub(super) fn run_domain(node: &dyn Node, domain: &DomainSpec) -> Result<(), LabError> {
    let xml = domain.xml();
    let doing = format!("start {}", domain.name);
    ask_patiently(node, &doing, FIRST, move |connect| {
        connect.define_domain_xml(&xml)?.create()
    })
}

/// Destroys and undefines every domain but the one with that UUID.
///
/// Waits until the daemon, if it has just begun, has found that one again: until then it takes its domain for running,
/// but kills the guest if anything goes wrong on the way, were it only that no room is left for a file.
pub(super) fn clear_domains(node: &dyn Node, but: &str) -> Result<(), LabError> {
    let but = but.to_owned();
    ask_libvirt(node, "remove the domains", move |connect| {
        for domain in connect.list_all_domains(0)? {
            if domain.uuid_string()? == but {
                // The daemon answers this when it has done with the domain what it is doing.
                domain.block_stats(DISK)?;
                continue;
            }
            // Either may have come about by itself meanwhile; the proof looks at what is left.
            let _ = domain.destroy();
            let _ = domain.undefine_flags(
                sys::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | sys::VIR_DOMAIN_UNDEFINE_NVRAM,
            );
        }
        Ok(())
    })
}

/// The UUIDs of all domains, and whether each runs.
pub(super) fn domains(node: &dyn Node) -> Result<Vec<(String, bool)>, LabError> {
    ask_libvirt(node, "list the domains", |connect| {
        let domains = connect.list_all_domains(0)?;
        let running = |state: virt::domain::DomainStateEnum| state.is(DomainState::Running);
        domains
            .iter()
            .map(|domain| Ok((domain.uuid_string()?, running(domain.state()?.0))))
            .collect()
    })
}
