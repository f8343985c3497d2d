use std::sync::mpsc;
use std::time::Duration;

use virt::connect::Connect;

use super::connection::release;
use super::driver::Driver;
use crate::history::NodeName;
use crate::lab::error::LabError;
use crate::lab::node::Node;

/// By which a node reaches its own daemon.
pub(super) const OWN_URI: &str = "qemu:///system";

/// How long a call may take until the daemon counts as hung.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the first guest of a node may take: libvirt probes QEMU before it, which lasts half a minute on a machine
/// that is itself a guest without KVM.
pub(super) const FIRST: Duration = Duration::from_secs(180);

/// Where the harness reaches a node's daemon.
pub(super) fn uri(node: &dyn Node, driver: Driver) -> String {
    let socket = node.daemon_socket();
    let driver = driver.name();
    format!("{driver}+unix:///system?socket={}", socket.display())
}

/// Does something with a node's libvirt, in a thread of its own.
///
/// The thread bounds a daemon that never answers, and catches the panics of virt 0.5, whose `Drop`
/// panics where libvirt fails to close.
///
/// # Errors
/// When libvirt refuses, or does not answer in time.
pub(super) fn ask<T: Send + 'static>(
    daemon: &Daemon,
    doing: &str,
    act: impl FnOnce(&Connect) -> Result<T, virt::error::Error> + Send + 'static,
) -> Result<T, LabError> {
    ask_patiently(daemon, doing, PATIENCE, act)
}

/// The daemon of a node, and the driver that is asked for.
pub(super) struct Daemon {
    node: NodeName,
    uri: String,
}

impl Daemon {
    pub(super) fn of(node: &dyn Node, driver: Driver) -> Self {
        Self {
            node: node.name().clone(),
            uri: uri(node, driver),
        }
    }
}

/// The same with another limit.
///
/// # Errors
/// When libvirt refuses, or does not answer in time.
pub(super) fn ask_patiently<T: Send + 'static>(
    daemon: &Daemon,
    doing: &str,
    patience: Duration,
    act: impl FnOnce(&Connect) -> Result<T, virt::error::Error> + Send + 'static,
) -> Result<T, LabError> {
    let uri = daemon.uri.clone();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Otherwise libvirt prints every error on standard error.
        virt::error::clear_error_callback();
        let done = Connect::open(Some(&uri)).and_then(|connect| {
            let done = act(&connect);
            release(connect);
            done
        });
        sender.send(done.map_err(|error| error.to_string()))
    });
    let done = receiver.recv_timeout(patience);
    done.unwrap_or_else(|_| Err(format!("no answer in {} s", patience.as_secs())))
        .map_err(|why| LabError::Libvirt {
            node: daemon.node.clone(),
            doing: doing.to_owned(),
            why,
        })
}
