//! How each action spends the time that its caller gives it. The only place where shares of that time are named.
//!
//! A budget ends at a point of the whole time, so that those of one action add up by themselves: each module lists its
//! budgets in the order in which they end, and none ends later than the caller's patience. A test holds that order.

use std::time::Duration;

/// What one part of an action may take. Every limit counts; the one that comes first ends the part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// The point of the whole time at which it is over, 0 to 1 from the action's begin.
    pub(crate) until: f64,
    /// The share of the whole time that it may take, 0 to 1, whenever it begins.
    pub(crate) share: f64,
    /// The most that it takes when the caller is patient.
    pub(crate) most: Duration,
}

/// A share of what is left when a part begins: for parts that come last, one after another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    /// 0 to 1.
    pub(crate) share: f64,
    /// The most that it takes when much is left.
    pub(crate) most: Duration,
}

/// No limit but the caller's.
const WHOLE: Budget = Budget {
    until: 1.0,
    share: 1.0,
    most: Duration::MAX,
};

/// Ends at a point of the whole time.
const fn until(until: f64) -> Budget {
    Budget { until, ..WHOLE }
}

/// Takes a share of the whole time, whenever it begins.
const fn share(share: f64) -> Budget {
    Budget { share, ..WHOLE }
}

impl Budget {
    /// The same, but no longer than that.
    const fn at_most(self, most: Duration) -> Self {
        Self { most, ..self }
    }

    /// The same, and a share of the whole time at most.
    const fn and_share(self, share: f64) -> Self {
        Self { share, ..self }
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Reading the definition's file, the first thing that every action does.
pub(crate) const DEFINITION: Budget = until(0.2).at_most(seconds(5));

/// `start`: 0.2 definition, 0.3 other nodes, 0.85 the guest runs, 0.95 the last look; the rest keeps the record.
pub(crate) mod start {
    use super::{Budget, WHOLE, seconds, until};

    /// Asking the other nodes, all at once.
    pub(crate) const PEERS: Budget = until(0.3).at_most(seconds(5));
    /// From the first look until the guest runs.
    pub(crate) const ATTEMPT: Budget = until(0.85);
    /// One question while it comes up: beyond the attempt's end, so that the last look is a real one.
    pub(crate) const QUESTION: Budget = until(0.95).at_most(seconds(8));
    /// A question that is asked once: for a domain of the same name, for the guest that was started before.
    pub(crate) const IDENTITY: Budget = WHOLE.at_most(seconds(8));
}

/// What is kept of a guest that runs, at the end of `start` and `migrate_from`: nothing fails for it.
pub(crate) mod bookkeeping {
    use super::{Budget, WHOLE, seconds};

    /// Marking the guest as this resource's.
    pub(crate) const MARK: Budget = WHOLE.at_most(seconds(2));
    /// Taking the guest's definition from libvirt.
    pub(crate) const UNDEFINE: Budget = WHOLE.at_most(seconds(8));
}

/// `monitor`: 0.2 definition, 0.4 looks, 0.5 a guest that goes, 0.8 its job, 0.95 the operator's program. A daemon that hangs must cost less than the
/// timeout, and what a healthy one needs is milliseconds.
pub(crate) mod monitor {
    use super::{Budget, seconds, until};

    /// A look at the guest.
    pub(crate) const LOOK: Budget = until(0.4).at_most(seconds(8));
    /// What is left of a migration may take so long to go.
    pub(crate) const GOING: Budget = until(0.5).at_most(seconds(1));
    /// A second question about a guest that moves or goes.
    pub(crate) const DETAIL: Budget = until(0.8).at_most(seconds(3));
    /// The operator's program.
    pub(crate) const PROGRAM: Budget = until(0.95);
}

/// `stop`: 0.15 a daemon that is just restarted, 0.3 a migration that is called off, 0.4 which guests are meant; the guest's
/// own time up to [`FORCE`](stop::FORCE) before the end, 0.6 its dump, 0.9 the destruction by libvirt; the rest kills and looks.
pub(crate) mod stop {
    use super::{Budget, Duration, Rest, WHOLE, seconds, share, until};

    /// A daemon that is just being restarted is waited for.
    pub(crate) const RESTART: Budget = until(0.15).at_most(seconds(3));
    /// A migration may take so long to end once it is aborted: libvirt waits for QEMU, and QEMU for what it was writing.
    pub(crate) const CALL_OFF: Budget = until(0.3).at_most(seconds(20));
    /// Finding out which guests are meant.
    pub(crate) const IDENTITY: Budget = until(0.4).at_most(seconds(8));
    /// Saving the memory of a crashed guest.
    pub(crate) const DUMP: Budget = until(0.6);
    /// libvirt may try so long to destroy a guest before its emulator is killed past libvirt, whose own sequence takes
    /// up to 40 s.
    pub(crate) const DESTROY: Budget = until(0.9).at_most(seconds(3));
    /// One question.
    pub(crate) const QUESTION: Budget = share(0.15).at_most(seconds(5));
    /// Kept back from the guest's own time for force, at the end.
    pub(crate) const FORCE: Budget = share(0.4).at_most(seconds(40));
    /// Kept back from the last looks for the answer.
    pub(crate) const ANSWER: Budget = WHOLE.at_most(Duration::from_millis(500));
    /// An emulator may take so long to end after TERM, with which a healthy one flushes its disks.
    pub(crate) const TERM: Rest = Rest {
        share: 0.3,
        most: seconds(4),
    };
    /// And so long after KILL.
    pub(crate) const KILL: Rest = Rest {
        share: 0.7,
        most: seconds(4),
    };
}

/// `migrate_to`: 0.2 which guest is meant, 0.8 the migration, 0.9 its abortion, 0.92 its end, 0.93 what is left here, 0.96 the
/// last question.
pub(crate) mod migrate_to {
    use super::{Budget, WHOLE, seconds, until};

    /// Choosing among the guests that are this resource's.
    pub(crate) const CHOICE: Budget = until(0.2).at_most(seconds(10));
    /// The migration itself.
    pub(crate) const MIGRATION: Budget = until(0.8);
    /// Asking libvirt to abort it.
    pub(crate) const ABORT: Budget = until(0.9).at_most(seconds(5));
    /// The end of a migration that was aborted.
    pub(crate) const END: Budget = until(0.92).at_most(seconds(10));
    /// Waiting for the guest to be gone here.
    pub(crate) const CONFIRM: Budget = until(0.93).at_most(seconds(5));
    /// One question, to here or to the destination. Its answer must leave the time to say what came of the migration: an
    /// emulator that is stopped by a signal may keep libvirt from answering to the very end.
    pub(crate) const QUESTION: Budget = until(0.96).and_share(0.2).at_most(seconds(10));
    /// Finding a domain of the definition's name.
    pub(crate) const IDENTITY: Budget = WHOLE.at_most(seconds(10));
}

/// `migrate_from`: 0.2 definition, 0.3 which guest is meant, 0.85 the guest has arrived, 0.95 the last look; the rest keeps the
/// record.
pub(crate) mod migrate_from {
    use super::{Budget, seconds, share, until};

    /// Finding the guest without a definition.
    pub(crate) const IDENTITY: Budget = until(0.3).at_most(seconds(8));
    /// The guest's arrival.
    pub(crate) const ARRIVAL: Budget = until(0.85);
    /// One question: beyond the arrival's end, so that the last look is a real one.
    pub(crate) const QUESTION: Budget = until(0.95).at_most(seconds(8));
    /// Nothing at all may be seen for so long of a guest that is said to come.
    pub(crate) const NOTHING_COMES: Budget = share(0.3).at_most(seconds(4));
}

/// `restart`: 0.6 its stop; the rest is its start's.
pub(crate) mod restart {
    use super::{Budget, until};

    /// The stop.
    pub(crate) const STOP: Budget = until(0.6);
}

/// `validate-all`: 0.5 everything.
pub(crate) mod validate {
    use super::{Budget, seconds, until};

    /// Reading the definition, and then asking libvirt.
    pub(crate) const STEP: Budget = until(0.5).at_most(seconds(10));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budgets_of_each_action_end_one_after_another_and_none_after_the_action() {
        let actions: [&[Budget]; 6] = [
            &[
                DEFINITION,
                start::PEERS,
                start::ATTEMPT,
                start::QUESTION,
                start::IDENTITY,
                bookkeeping::MARK,
                bookkeeping::UNDEFINE,
            ],
            &[
                DEFINITION,
                monitor::LOOK,
                monitor::GOING,
                monitor::DETAIL,
                monitor::PROGRAM,
            ],
            &[
                stop::RESTART,
                DEFINITION,
                stop::CALL_OFF,
                stop::IDENTITY,
                stop::DUMP,
                stop::DESTROY,
                stop::QUESTION,
            ],
            &[
                DEFINITION,
                migrate_to::CHOICE,
                migrate_to::MIGRATION,
                migrate_to::ABORT,
                migrate_to::END,
                migrate_to::CONFIRM,
                migrate_to::QUESTION,
                migrate_to::IDENTITY,
            ],
            &[
                DEFINITION,
                migrate_from::IDENTITY,
                migrate_from::ARRIVAL,
                migrate_from::QUESTION,
            ],
            &[DEFINITION, validate::STEP],
        ];
        for budgets in actions {
            assert!(
                budgets.is_sorted_by(|one, next| one.until <= next.until),
                "{budgets:?}"
            );
            assert!(budgets.iter().all(|budget| budget.until <= 1.0));
        }
    }
}
