//! The moments of a live migration, read from libvirt of both nodes every few milliseconds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use virt::domain::Domain;
use virt::error::Error;

use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{Phase, Run};
use crate::history::DomainState;
use crate::lab::connection::{self, Connection};

/// How often libvirt is asked: the switch-over of a small guest takes some milliseconds.
const POLL: Duration = Duration::from_millis(2);

/// How long a look may take that is made again at once: more than on a busy machine here, less than over a connection.
const SLOW: Duration = Duration::from_millis(40);

/// How long the last look may take, which is begun when the run has ended.
const LAST_LOOK: Duration = Duration::from_secs(5);

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
        return Err(Trouble::Step(
            "a run without a target is no migration".into(),
        ));
    };
    let uris = [&run.node, target].map(|name| Ok(stage.node(name)?.libvirt_uri()));
    let [here, there]: [Result<String, Trouble>; 2] = uris;
    let (here, there) = (here?, there?);
    let uuid = stage.lab.subject().uuid;
    let given_up = Arc::new(AtomicBool::new(false));
    let (looks, seen) = mpsc::channel();
    let watch = Watch {
        uuid,
        phase,
        given_up: Arc::clone(&given_up),
        looks,
    };
    // In a thread of its own: a frozen daemon answers no question.
    thread::spawn(move || {
        virt::error::clear_error_callback();
        watch.run([here, there]);
    });
    let came = await_moment(stage, &seen, over);
    given_up.store(true, Ordering::Relaxed);
    came
}

/// Waits for the moment, or for a look that was begun after the run's end: the moment may have come with that.
fn await_moment(
    stage: &Stage<'_>,
    seen: &mpsc::Receiver<Look>,
    over: &AtomicBool,
) -> Result<bool, Trouble> {
    let mut ended: Option<Instant> = None;
    loop {
        match (seen.recv_timeout(POLL * 10), ended) {
            (Ok(Look::Came), _) => return Ok(true),
            (Ok(Look::Nothing(began)), Some(ended)) if began > ended => return Ok(false),
            // A daemon that is frozen ends no look.
            (Err(_), Some(ended)) if ended.elapsed() > LAST_LOOK => return Ok(false),
            _ => {}
        }
        if ended.is_none() && over.load(Ordering::Relaxed) {
            ended = Some(Instant::now());
        }
        stage.check_deadline()?;
    }
}

/// What a look at both daemons came to.
enum Look {
    /// The moment is there, or has been.
    Came,
    /// It is not; the look was begun then.
    Nothing(Instant),
}

/// Watches a migration for one moment.
struct Watch {
    uuid: String,
    phase: Phase,
    /// Set when nobody waits any more.
    given_up: Arc<AtomicBool>,
    looks: mpsc::Sender<Look>,
}

impl Watch {
    /// Asks both daemons until the moment has come or nobody waits any more.
    fn run(&self, uris: [String; 2]) {
        let [mut here, mut there] = uris.map(Connection::to);
        // Each question more makes a short moment easier to miss over a slow connection.
        let share = matches!(self.phase, Phase::Begun | Phase::Copied(_));
        while !self.given_up.load(Ordering::Relaxed) {
            let began = Instant::now();
            // A daemon that does not answer says nothing of any moment, and above all not that it has no domain.
            let source = here.ask(&self.uuid, |domain| see(domain, share));
            let target = there.ask(&self.uuid, |domain| see(domain, false));
            if let (Ok(source), Ok(target)) = (source, target)
                && has_come(
                    self.phase,
                    source.unwrap_or_default(),
                    target.unwrap_or_default(),
                )
            {
                let _ = self.looks.send(Look::Came);
                return;
            }
            // Nobody may wait any more, which the next turn sees.
            let _ = self.looks.send(Look::Nothing(began));
            // Where an answer takes long, asking all the time would slow the migration down.
            let took = began.elapsed();
            thread::sleep(if took > SLOW { took } else { POLL });
        }
    }
}

/// What one daemon says of the subject; the default is that it has no such domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Side {
    /// It has an active domain of it.
    active: bool,
    /// Which runs.
    running: bool,
    /// Which is paused.
    paused: bool,
    /// The share of its memory that a migration away has carried over; none without a job, or when that was not asked.
    copied: Option<u8>,
}

/// Asks for the state, and for the `share` where it is wanted.
fn see(domain: &Domain, share: bool) -> Result<Side, Error> {
    let (state, _) = connection::state(domain)?;
    Ok(Side {
        active: state != DomainState::Shutoff,
        running: state == DomainState::Running,
        paused: state == DomainState::Paused,
        copied: if share { copied(domain) } else { None },
    })
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
    fn each_moment_has_its_own_pair_of_answers() {
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
