//! Migrations by post-copy, in which the guest runs on the target while much of its memory is still on the source: how
//! one is begun by hand, and how any is seen to fail.
//!
//! One that loses its network loses the cable first and then its connections. Without the reset the target's QEMU waits
//! many minutes for its memory, and libvirt calls its guest healthy all that time. Without the cut QEMU 10.0.2 was seen
//! to let the guest run on at the *source* while libvirt said `running (post-copy failed)` of the target: the
//! hypervisor itself then breaks invariant 1, for which no agent can be blamed. The source's libvirt notices after half
//! a minute.
//!
//! Under TCG the target's QEMU now and then hangs instead, and libvirt never says that the post-copy failed. Nobody can
//! tell such a guest from a slow one, so the case is `unknown` then and tried once more (never seen in some 50 runs
//! against the reference agent, and in 4 of some 22 tries of one faulty agent on a busy machine).

use std::thread;
use std::time::{Duration, Instant};

use super::stage::Stage;
use super::trouble::Trouble;
use crate::history::{DomainState, NodeName};
use crate::lab::{LiveMigration, Way};

/// How long each state of a post-copy may take to come about. The first pass over the guest's memory may go over a slow
/// cable; and libvirt's daemons notice that nothing comes from the other any more after five times five seconds without an
/// answer (`keepalive_interval`, `keepalive_count`), and what comes before and after that.
const PATIENCE: Duration = Duration::from_secs(60);

/// Begins the migration away from a node, and waits until it has switched to post-copy. It goes on then.
///
/// # Errors
/// When it does not come to that: QEMU needs userfaultfd for it, which only root may be allowed to use.
pub(super) fn begin(stage: &Stage<'_>, source: &NodeName) -> Result<(), Trouble> {
    migrate(stage, source, Way::PostCopy)?;
    await_both(stage, source, "post-copy", |here, there| {
        here == (DomainState::Paused, DomainState::PAUSED_POSTCOPY)
            && there.0 == DomainState::Running
    })
}

/// Begins a slow live migration away from a node, and waits until libvirt of both nodes has the domain. It goes on then.
///
/// # Errors
/// When it does not come to that.
pub(super) fn begin_slowly(stage: &Stage<'_>, source: &NodeName) -> Result<(), Trouble> {
    migrate(stage, source, Way::Slowly)?;
    await_both(stage, source, "a live migration", |here, there| {
        here.0 == DomainState::Running && there.0 == DomainState::Paused
    })
}

fn migrate(stage: &Stage<'_>, source: &NodeName, way: Way) -> Result<(), Trouble> {
    let migration = LiveMigration {
        uuid: stage.lab.subject().uuid,
        target: other(stage, source)?.clone(),
        transport: stage.case.needs.transport,
        way,
    };
    let hypervisor = stage.lab.hypervisor();
    stage.keep_running(hypervisor.begin_migration(stage.node(source)?, &migration)?);
    Ok(())
}

/// Whether libvirt of the source says that the post-copy to that node goes on.
///
/// # Errors
/// When the lab has no such nodes.
pub(super) fn goes_on(stage: &Stage<'_>, target: &NodeName) -> Result<bool, Trouble> {
    let uuid = stage.lab.subject().uuid;
    let source = stage.node(other(stage, target)?)?;
    let said = stage.lab.hypervisor().connect(source).state(&uuid);
    stage.look_everywhere();
    let in_transit = (DomainState::Paused, DomainState::PAUSED_POSTCOPY);
    Ok(said.is_ok_and(|said| said == Some(in_transit)))
}

/// Waits until libvirt of both nodes says that the post-copy to that node has failed.
///
/// # Errors
/// When it does not come to that: there was none.
pub(super) fn await_failure(stage: &Stage<'_>, target: &NodeName) -> Result<(), Trouble> {
    let source = other(stage, target)?;
    let failed = (DomainState::Paused, DomainState::PAUSED_POSTCOPY_FAILED);
    let half = (DomainState::Running, DomainState::RUNNING_POSTCOPY_FAILED);
    let moment = "the end of a post-copy that lost its network";
    await_both(stage, source, moment, |here, there| {
        here == failed && there == half
    })
}

/// The node that is not this one.
fn other<'a>(stage: &Stage<'a>, one: &NodeName) -> Result<&'a NodeName, Trouble> {
    let mut names = stage.lab.nodes().iter().map(|node| node.name());
    let found = names.find(|name| *name != one);
    found.ok_or_else(|| Trouble::Step("there is no other node".to_owned()))
}

/// Waits for what libvirt says of the subject on the source and on the target, state and reason.
fn await_both(
    stage: &Stage<'_>,
    source: &NodeName,
    moment: &str,
    is_it: impl Fn((DomainState, i32), (DomainState, i32)) -> bool,
) -> Result<(), Trouble> {
    let uuid = stage.lab.subject().uuid;
    let hypervisor = stage.lab.hypervisor();
    let mut here = hypervisor.connect(stage.node(source)?);
    let mut there = hypervisor.connect(stage.node(other(stage, source)?)?);
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    loop {
        let said = (here.state(&uuid), there.state(&uuid));
        if matches!(said, (Ok(Some(here)), Ok(Some(there))) if is_it(here, there)) {
            break;
        }
        stage.check_deadline()?;
        if Instant::now() > until {
            let moment = format!("{moment} (libvirt said last: {said:?})");
            return Err(Trouble::NeverCame(moment));
        }
        thread::sleep(Duration::from_millis(5));
    }
    stage.look_everywhere();
    Ok(())
}
