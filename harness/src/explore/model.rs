//! What Pacemaker may do next, by what it believes.
//!
//! A small model of its scheduler: less than it does, and never more. Where Pacemaker would go one of several ways by
//! its configuration (placement, stickiness, bans, an administrator's `--cleanup` or `--refresh`) all of them are
//! legal. The sources are runs of `crm_simulate` 2.1.5 (two nodes, fencing on, `allow-migrate`), and with them
//! `unpack.c` and `pcmk_sched_migration.c` of Pacemaker:
//!
//! - **Probe**: anywhere at any time (at a node's join; `crm_resource --refresh`). 0 where the guest is believed
//!   elsewhere: stop on both. An error: stop there, and where it is believed too. 2 and 5 are masked as "not running"
//!   (`pcmk_xe_mask_probe_failure`).
//! - **Recurring monitor**: where it is believed to run. 0 and 190: nothing. All else, 7 too: stop there.
//! - **Start**: only where it is believed stopped on *both* nodes. An error: stop there.
//! - **Stop**: where it is believed to run, or may run. 0: it is stopped there. All else: the node is fenced.
//!   No lab can do that by the agent's interface, so the sequence ends.
//! - **Migration**: `migrate_to` on the source, `migrate_from` on the target, `stop` on the source; the start on the
//!   target is a pseudo action. A `migrate_to` or `migrate_from` that failed, was killed or overran: stop on both, ordered
//!   by nothing, and then a start on either. After a `migrate_to` of 0 the same, if the constraint that caused it was
//!   removed (Hofmeister 2013). After a `migrate_from` of 0 also a stop on the target, if the guest is wanted back.
//!
//! Every doubt is answered by a stop on the nodes in doubt, and nothing but the stop ends a doubt.

use super::moves::{Act, Side};
use crate::ocf::Code;

/// How an action ended, as the cluster sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With a code of the standard.
    Code(Code),
    /// With one that only the agent's dialect knows.
    OfDialect(i32),
    /// Killed, overrun, or with a code that nobody knows.
    Failed,
}

impl Answer {
    /// Whether it is success.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Code(Code::Success)
    }

    fn is_active(self) -> bool {
        self.is_success() || self == Self::Code(Code::Degraded)
    }
}

/// What the cluster believes of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// It has not asked yet.
    Unknown,
    /// The guest does not run there.
    Stopped,
    /// It runs there.
    Started,
    /// It may run there.
    Doubtful,
}

/// How far a migration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Journey {
    /// There is none.
    None,
    /// `migrate_to` was a success, `migrate_from` has not been run ("partial").
    Sent { from: Side },
    /// Both were a success, the source has not been stopped ("dangling").
    Arrived,
}

/// What the cluster believes, and so what it may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    beliefs: [Belief; 2],
    journey: Journey,
    fenced: bool,
}

impl Cluster {
    /// A cluster that believes this of `a` and `b`.
    #[must_use]
    pub const fn believing(a: Belief, b: Belief) -> Self {
        Self {
            beliefs: [a, b],
            journey: Journey::None,
            fenced: false,
        }
    }

    /// What it believes of a node.
    #[must_use]
    pub const fn on(&self, place: Side) -> Belief {
        self.beliefs[place as usize]
    }

    /// Whether a node would be fenced now: nothing is legal any more.
    #[must_use]
    pub const fn is_fenced(&self) -> bool {
        self.fenced
    }

    /// Whether the guest may run on a node on which the cluster does not know it to run.
    #[must_use]
    pub fn doubts(&self) -> bool {
        self.beliefs.contains(&Belief::Doubtful)
    }

    /// Whether it believes that the guest runs there, and has nothing else to do about it.
    #[must_use]
    pub fn is_content(&self, place: Side) -> bool {
        !self.fenced
            && self.on(place) == Belief::Started
            && self.on(place.other()) == Belief::Stopped
    }

    /// Whether the cluster may order that action there now.
    #[must_use]
    pub fn may(&self, act: Act, on: Side) -> bool {
        !self.fenced
            && match act {
                Act::Probe => true,
                Act::Monitor | Act::MigrateTo => self.is_content(on),
                Act::Start => self.beliefs == [Belief::Stopped; 2],
                Act::Stop => matches!(self.on(on), Belief::Started | Belief::Doubtful),
                Act::MigrateFrom => self.journey == Journey::Sent { from: on.other() },
            }
    }

    /// Whether it may stop on both nodes at once.
    #[must_use]
    pub fn may_stop_both(&self) -> bool {
        Side::BOTH.iter().all(|place| self.may(Act::Stop, *place)) && self.doubts()
    }

    /// Learns how an action ended.
    pub fn learn(&mut self, act: Act, on: Side, answer: Answer) {
        match act {
            Act::Probe => self.probed(on, answer),
            Act::Monitor if answer.is_active() => {}
            Act::Monitor => self.believe(on, Belief::Doubtful),
            Act::Start if answer.is_success() => self.believe(on, Belief::Started),
            Act::Start => self.believe(on, Belief::Doubtful),
            Act::Stop if answer.is_success() => {
                self.believe(on, Belief::Stopped);
                self.journey = Journey::None;
            }
            Act::Stop => self.fenced = true,
            Act::MigrateTo => {
                self.doubt_both();
                if answer.is_success() {
                    self.journey = Journey::Sent { from: on };
                }
            }
            Act::MigrateFrom => {
                self.doubt_both();
                if answer.is_success() {
                    self.journey = Journey::Arrived;
                    self.believe(on, Belief::Started);
                }
            }
        }
    }

    fn probed(&mut self, on: Side, answer: Answer) {
        let absent = [Code::NotRunning, Code::ErrArgs, Code::ErrInstalled].map(Answer::Code);
        let elsewhere = self.on(on.other());
        match (self.on(on), answer) {
            _ if self.journey != Journey::None => {
                if !answer.is_active() && answer != Answer::Code(Code::NotRunning) {
                    self.doubt_both();
                }
            }
            (Belief::Doubtful, _) => {}
            (Belief::Started, answer) if answer.is_active() => {}
            (_, answer) if answer.is_active() => match elsewhere {
                Belief::Started | Belief::Doubtful => self.doubt_both(),
                Belief::Unknown | Belief::Stopped => self.believe(on, Belief::Started),
            },
            (Belief::Started, Answer::Code(Code::NotRunning)) => self.believe(on, Belief::Stopped),
            (Belief::Unknown | Belief::Stopped, answer) if absent.contains(&answer) => {
                self.believe(on, Belief::Stopped);
            }
            _ => {
                self.believe(on, Belief::Doubtful);
                if elsewhere == Belief::Started {
                    self.believe(on.other(), Belief::Doubtful);
                }
            }
        }
    }

    fn doubt_both(&mut self) {
        self.beliefs = [Belief::Doubtful; 2];
        self.journey = Journey::None;
    }

    const fn believe(&mut self, place: Side, belief: Belief) {
        self.beliefs[place as usize] = belief;
    }
}
