use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;

use rustix::net::{Shutdown, shutdown};
use tracing::{Span, debug};

use super::calling_node::CallingNode;
use super::connection::serve;
use super::fence_device::{FenceDevice, FencingHarm};
use super::observer::{AgentInCluster, ClusterObserver};
use super::script::{RunFilter, ScriptedAnswer};
use super::shared::Shared;
use crate::history::NodeName;
use crate::lab::error::LabError;
use crate::lab::node::{Node, PowerControl};

/// Serves what the cluster calls in all nodes of a lab, until it is dropped.
#[derive(Debug)]
pub struct CallServer {
    shared: Arc<Shared>,
    listeners: Vec<Arc<UnixListener>>,
}

/// Where the calls of a node come to.
#[derive(Debug)]
pub(in crate::lab) struct CallSocket {
    /// The node.
    pub(in crate::lab) node: Arc<dyn Node>,
    /// The socket, as this process sees it.
    pub(in crate::lab) path: PathBuf,
}

impl CallServer {
    /// Listens for each node of the lab whose power that is.
    pub(in crate::lab) fn start(
        power: Weak<dyn PowerControl>,
        sockets: impl IntoIterator<Item = CallSocket>,
    ) -> Result<Self, LabError> {
        let mut server = Self {
            shared: Arc::new(Shared::new(FenceDevice::new(power))),
            listeners: Vec::new(),
        };
        for socket in sockets {
            let listener = Arc::new(listen(&socket.path)?);
            server.listeners.push(Arc::clone(&listener));
            let node = CallingNode::new(&socket.node);
            let (shared, span) = (Arc::clone(&server.shared), Span::current());
            thread::spawn(move || span.in_scope(|| accept(&listener, &shared, &node)));
        }
        Ok(server)
    }

    /// Names the agent under test. Until then the cluster's resource is not installed.
    pub fn name_agent(&self, agent: AgentInCluster) {
        self.shared.name_agent(agent);
    }

    /// Begins to tell what the cluster does, or ends it.
    pub fn observe(&self, by: Option<Arc<dyn ClusterObserver>>) {
        self.shared.observe(by);
    }

    /// Answers in the agent's place when the cluster asks next, after the answers that there are.
    pub fn answer(&self, answer: ScriptedAnswer) {
        self.shared.script.answer(answer);
    }

    /// Makes the next such run wait before the agent begins.
    pub fn hold(&self, runs: RunFilter) {
        self.shared.script.hold(runs);
    }

    /// Lets such runs begin that wait. False when none waits, or is to wait.
    pub fn let_go(&self, runs: &RunFilter) -> bool {
        self.shared.script.let_go(runs)
    }

    /// Harms the device that fences a node, or mends it.
    pub fn harm_fencing(&self, node: &NodeName, harm: Option<FencingHarm>) {
        self.shared.device.harm(node, harm);
    }

    /// Ends all runs, and lets no agent run and no node be fenced until `end_reset`.
    pub(in crate::lab) fn begin_reset(&self) {
        self.shared.observe(None);
        // A fencing that a case began, and that waits, is not to hit the next one.
        self.shared.device.rest(true);
        self.shared.script.clear(true);
        self.shared.runs.kill_agents();
    }

    /// Lets agents run again.
    pub(in crate::lab) fn end_reset(&self) {
        self.shared.script.clear(false);
        self.shared.device.rest(false);
    }
}

impl Drop for CallServer {
    fn drop(&mut self) {
        self.shared.observe(None);
        for listener in &self.listeners {
            // Ends the wait for the next one.
            let _ = shutdown(listener, Shutdown::Both);
        }
    }
}

/// Makes a node's socket, which everybody in it may connect to: Pacemaker's user runs the alert agent.
fn listen(path: &Path) -> Result<UnixListener, LabError> {
    let listening = UnixListener::bind(path).and_then(|listener| {
        fs::set_permissions(path, Permissions::from_mode(0o666))?;
        Ok(listener)
    });
    listening.map_err(|error| LabError::NotUp {
        why: format!("cannot listen on {}: {error}", path.display()),
    })
}

fn accept(listener: &UnixListener, shared: &Arc<Shared>, node: &CallingNode) {
    let name = node.name();
    while let Ok((stream, _)) = listener.accept() {
        let (shared, node, span) = (Arc::clone(shared), node.clone(), Span::current());
        thread::spawn(move || {
            span.in_scope(|| {
                if let Err(error) = serve(&shared, &node, stream) {
                    debug!("a call of the cluster broke off: {error}");
                }
            });
        });
    }
    debug!("nobody listens to the cluster of {name} any longer");
}
