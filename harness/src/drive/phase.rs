//! The moments of a live migration, read every few milliseconds from what runs the guest on both nodes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::control::AskSide;
use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::Phase;
use crate::history::NodeName;
use crate::lab::MigrationSide;

/// How often the case's deadline, and whether the migration is over, are looked at.
const TURN: Duration = Duration::from_millis(20);

/// How long a look may take that is made again at once: more than on a busy machine here, less than over a connection.
const SLOW: Duration = Duration::from_millis(40);

/// How long the last look may take, which is begun when all is over.
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

/// Waits for a moment of a migration from the first of two nodes to the second; false when it was `over` before the moment
/// came.
///
/// # Errors
/// When the case must end.
pub(super) fn wait(
    stage: &Stage<'_>,
    [source, target]: [&NodeName; 2],
    phase: Phase,
    over: &dyn Fn() -> bool,
) -> Result<bool, Trouble> {
    let nodes = [
        stage.lab.shared_node(source)?,
        stage.lab.shared_node(target)?,
    ];
    let sides = nodes.map(|node| stage.control.migration_side(node));
    let given_up = Arc::new(AtomicBool::new(false));
    let (looks, seen) = mpsc::channel();
    let watch = Watch {
        phase,
        pause: stage.control.pause(),
        given_up: Arc::clone(&given_up),
        looks,
    };
    // In a thread of its own: a frozen daemon answers no question.
    thread::spawn(move || {
        watch.run(sides);
    });
    let came = await_moment(stage, &seen, over);
    given_up.store(true, Ordering::Relaxed);
    came
}

/// Waits for the moment, or for a look that was begun after the end: the moment may have come with that.
fn await_moment(
    stage: &Stage<'_>,
    seen: &mpsc::Receiver<Look>,
    over: &dyn Fn() -> bool,
) -> Result<bool, Trouble> {
    let mut ended: Option<Instant> = None;
    loop {
        match (seen.recv_timeout(TURN), ended) {
            (Ok(Look::Came), _) => return Ok(true),
            (Ok(Look::Nothing(began)), Some(ended)) if began > ended => return Ok(false),
            // A daemon that is frozen ends no look.
            (Err(_), Some(ended)) if ended.elapsed() > LAST_LOOK => return Ok(false),
            _ => {}
        }
        if ended.is_none() && over() {
            ended = Some(Instant::now());
        }
        stage.check_deadline()?;
    }
}

/// What a look at both sides came to.
enum Look {
    /// The moment is there, or has been.
    Came,
    /// It is not; the look was begun then.
    Nothing(Instant),
}

/// Watches a migration for one moment.
struct Watch {
    phase: Phase,
    /// How long nothing is asked between two looks.
    pause: Duration,
    /// Set when nobody waits any more.
    given_up: Arc<AtomicBool>,
    looks: mpsc::Sender<Look>,
}

impl Watch {
    /// Asks both sides until the moment has come or nobody waits any more.
    fn run(&self, [mut here, mut there]: [AskSide; 2]) {
        // Each question more makes a short moment easier to miss over a slow connection.
        let share = matches!(self.phase, Phase::Begun | Phase::Copied(_));
        while !self.given_up.load(Ordering::Relaxed) {
            let began = Instant::now();
            // A daemon that does not answer says nothing of any moment, and above all not that it has no domain.
            let source = here(share);
            let target = there(false);
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
            thread::sleep(if took > SLOW { took } else { self.pause });
        }
    }
}

fn has_come(phase: Phase, source: MigrationSide, target: MigrationSide) -> bool {
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
    use super::has_come;
    use crate::case::{Percent, Phase};
    use crate::lab::MigrationSide;

    const ABSENT: MigrationSide = MigrationSide {
        active: false,
        running: false,
        paused: false,
        copied: None,
    };
    const RUNNING: MigrationSide = MigrationSide {
        active: true,
        running: true,
        ..ABSENT
    };
    const PAUSED: MigrationSide = MigrationSide {
        active: true,
        paused: true,
        ..ABSENT
    };

    #[test]
    fn each_moment_has_its_own_pair_of_answers() {
        let copying = |share| MigrationSide {
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
