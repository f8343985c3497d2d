//! The moments of a live migration, read from libvirt of both nodes every few milliseconds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::{Domain, DomainState};

use super::Trouble;
use super::stage::Stage;
use crate::case::{Phase, Run};
use crate::lab::Node;

/// How often libvirt is asked: the switch-over of a small guest takes some milliseconds.
const POLL: Duration = Duration::from_millis(2);

/// A moment as a person would say it.
pub(super) fn describe(phase: Phase) -> String {
    match phase {
        Phase::Begun => "begun".to_owned(),
        Phase::Incoming => "incoming".to_owned(),
        Phase::Copied(share) => format!("copied: {share}"),
        Phase::SwitchOver => "switch_over".to_owned(),
        Phase::Arrived => "arrived".to_owned(),
        Phase::Completed => "completed".to_owned(),
    }
}

/// Waits for a moment of the migration that `run` makes; false when the run was over before it came.
///
/// # Errors
/// When the case must end, or the run names no target.
pub(super) fn wait(
    stage: &Stage<'_>,
    run: &Run,
    phase: Phase,
    over: &AtomicBool,
) -> Result<bool, Trouble> {
    let Some(target) = &run.to else {
        return Err(Trouble::Given(
            "a run without a target is no migration".into(),
        ));
    };
    let uris = [&run.node, target].map(|name| Ok(stage.node(name)?.libvirt_uri()));
    let [here, there]: [Result<String, Trouble>; 2] = uris;
    let (here, there) = (here?, there?);
    let uuid = stage.lab.subject().uuid;
    let given_up = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&given_up);
    let (tell, told) = mpsc::channel();
    // In a thread of its own: a frozen daemon answers no question, and virt's `Drop` panics.
    thread::spawn(move || {
        let _ = catch_unwind(AssertUnwindSafe(|| {
            virt::error::clear_error_callback();
            watch([&here, &there], &uuid, phase, &stop, &tell);
        }));
    });
    let mut last_look = false;
    loop {
        match told.recv_timeout(POLL * 10) {
            Ok(()) => return Ok(true),
            // The moment may have come with the run's end: one more look.
            Err(_) if last_look => {
                given_up.store(true, Ordering::Relaxed);
                return Ok(false);
            }
            Err(_) => {}
        }
        last_look = over.load(Ordering::Relaxed);
        if let Err(trouble) = stage.overdue() {
            given_up.store(true, Ordering::Relaxed);
            return Err(trouble);
        }
    }
}

/// Asks both daemons until the moment has come or nobody waits any more.
fn watch(
    uris: [&str; 2],
    uuid: &str,
    phase: Phase,
    given_up: &AtomicBool,
    tell: &mpsc::Sender<()>,
) {
    let mut connections = [None, None];
    while !given_up.load(Ordering::Relaxed) {
        for (connection, uri) in connections.iter_mut().zip(uris) {
            if connection.is_none() {
                *connection = Connect::open(Some(uri)).ok();
            }
        }
        let [source, target] = [&connections[0], &connections[1]]
            .map(|connection| connection.as_ref().map(|open| Side::see(open, uuid)));
        if let (Some(source), Some(target)) = (source, target)
            && has_come(phase, source, target)
        {
            let _ = tell.send(());
            return;
        }
        thread::sleep(POLL);
    }
}

/// What one daemon says of the subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Side {
    /// It has an active domain of it.
    active: bool,
    /// Which runs.
    running: bool,
    /// Which is paused.
    paused: bool,
    /// The share of its memory that a migration away has carried over; none without a job.
    copied: Option<u8>,
}

impl Side {
    fn see(connection: &Connect, uuid: &str) -> Self {
        let Ok(domain) = connection.lookup_domain_by_uuid_string(uuid) else {
            return Self::default();
        };
        let state = domain.state().ok().and_then(|(state, _)| state.known());
        let is = |wanted| state == Some(wanted);
        Self {
            active: state.is_some() && !is(DomainState::Shutoff),
            running: is(DomainState::Running),
            paused: is(DomainState::Paused),
            copied: copied(&domain),
        }
    }
}

/// The share in percent; none where no job runs.
fn copied(domain: &Domain) -> Option<u8> {
    let job = domain.job_info().ok()?;
    let total = job.mem_total.filter(|total| *total > 0);
    let Some(total) = total else {
        return (job.r#type != 0).then_some(0);
    };
    let left = job.mem_remaining.unwrap_or(total).min(total);
    u8::try_from((total - left) * 100 / total).ok()
}

fn has_come(phase: Phase, source: Side, target: Side) -> bool {
    match phase {
        Phase::Begun => source.copied.is_some() || target.active,
        Phase::Incoming => target.active,
        Phase::Copied(share) => {
            target.active && source.copied.is_some_and(|copied| copied >= share.0)
        }
        Phase::SwitchOver => source.paused && target.active && !target.running,
        Phase::Arrived => target.running && source.active,
        Phase::Completed => target.running && !source.active,
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, has_come};
    use crate::case::{Percent, Phase};

    const ABSENT: Side = Side {
        active: false,
        running: false,
        paused: false,
        copied: None,
    };
    const RUNNING: Side = Side {
        active: true,
        running: true,
        ..ABSENT
    };
    const PAUSED: Side = Side {
        active: true,
        paused: true,
        ..ABSENT
    };

    #[test]
    fn each_moment_is_told_by_its_own_pair_of_answers() {
        let copying = |share| Side {
            copied: Some(share),
            ..RUNNING
        };
        let come = |phase, source, target| has_come(phase, source, target);
        assert!(!come(Phase::Begun, RUNNING, ABSENT));
        assert!(come(Phase::Begun, copying(0), ABSENT));
        assert!(!come(Phase::Incoming, copying(0), ABSENT));
        assert!(come(Phase::Incoming, copying(0), PAUSED));
        assert!(!come(Phase::Copied(Percent(30)), copying(29), PAUSED));
        assert!(come(Phase::Copied(Percent(30)), copying(30), PAUSED));
        assert!(!come(Phase::SwitchOver, copying(90), PAUSED));
        assert!(come(Phase::SwitchOver, PAUSED, PAUSED));
        assert!(!come(Phase::Arrived, PAUSED, PAUSED));
        assert!(come(Phase::Arrived, PAUSED, RUNNING));
        assert!(come(Phase::Completed, ABSENT, RUNNING));
        assert!(!come(Phase::Completed, PAUSED, RUNNING));
    }
}
