//! A migration by post-copy, begun by hand: the guest runs on the target while much of its memory is still here.

use std::thread;
use std::time::{Duration, Instant};

use super::Trouble;
use super::stage::Stage;
use crate::history::{DomainState, NodeName};
use crate::lab::Command;
use crate::lab::line::{self, Line};

/// How long the first pass over the guest's memory may take, over a slow cable say.
const PATIENCE: Duration = Duration::from_secs(60);

/// Begins the migration away from a node, and waits until it has switched to post-copy. It goes on then.
///
/// # Errors
/// When it does not come to that: QEMU needs userfaultfd for it, which only root may be allowed to use.
pub(super) fn begin(stage: &Stage<'_>, source: &NodeName) -> Result<(), Trouble> {
    let others = stage.lab.nodes().iter().map(|node| node.name());
    let target = { others }.find(|name| *name != source);
    let target = target.ok_or_else(|| Trouble::Given("there is no other node".to_owned()))?;
    let uuid = stage.lab.subject().uuid;
    let uri = format!("qemu+tcp://{target}/system");
    let how = ["--live", "--postcopy", "--postcopy-after-precopy"];
    let args = [
        &["--connect", "qemu:///system", "migrate"],
        &how[..],
        &[&uuid, &uri],
    ]
    .concat();
    let node = stage.node(source)?;
    stage.keep(node.exec(&Command::new("virsh", args))?);
    let mut here = Line::to(node.libvirt_uri());
    let mut there = Line::to(stage.node(target)?.libvirt_uri());
    let mut switched = || {
        let paused = Ok(Some((DomainState::Paused, DomainState::PAUSED_POSTCOPY)));
        here.ask(&uuid, line::state) == paused
            && matches!(
                there.ask(&uuid, line::state),
                Ok(Some((DomainState::Running, _)))
            )
    };
    let until = Instant::now() + PATIENCE;
    while !switched() {
        stage.overdue()?;
        if Instant::now() > until {
            return Err(Trouble::NeverCame("post-copy".to_owned()));
        }
        thread::sleep(Duration::from_millis(5));
    }
    stage.look_everywhere();
    Ok(())
}
