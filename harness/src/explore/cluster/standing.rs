//! What an operator may do next, and what a conforming agent must survive.
//!
//! Wishes may come and go at any time, above all while a migration is under way. An operator waits before a deed that
//! must not meet the one before it: a node joins again, a resource is created again, and failures are forgotten after a
//! daemon of Pacemaker was killed, only once the cluster is idle. Nothing is asked again while a node is away:
//! `crm_resource` would wait for its answer.
//! Excluded is what no agent is responsible for:
//!
//! - all of the cluster's software shut down on a node while the cluster leaves its resources alone: Pacemaker itself
//!   then starts what runs there on the other node;
//! - a daemon of the hypervisor harmed while it may be at work for the cluster, as in `fair`; the network may be cut and
//!   healed at any time, which is what the constraint that came and went in 2013 met;
//! - the executor killed while it may run an action: Pacemaker loses that action's result, and starts a guest again that
//!   has just migrated;
//! - a daemon that is frozen for longer than an action may take;
//! - a second fault of the same thing on the same node, and of things that do not exist;
//! - a guest told to end by itself while the cluster may end it too: the next one would obey at its boot;
//! - a `stop` that fails, and corosync killed: the node is fenced, and the lab is lost.

use super::deed::{Awaited, Deed};
use super::world::World;
use crate::case::{ClusterDaemon, ConfigForm, DaemonDo, GuestDo, Pause};
use crate::explore::facts::LastSeen;
use crate::explore::moves::{Act, Cure, Harm, Side};

/// How many moves a daemon stays frozen for at most.
const FROZEN_FOR: usize = 2;

/// Where a sequence stands: what the operator has asked for, and what is harmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    world: World,
    exists: bool,
    /// Whether the cluster was idle after the last deed.
    idle: bool,
    banned: [bool; 2],
    moved: bool,
    standby: Option<Side>,
    away: Option<Side>,
    maintenance: bool,
    daemons: [Option<DaemonDo>; 2],
    /// For how many moves a daemon has been frozen.
    frozen_for: usize,
    configs: [bool; 2],
    cut: bool,
    /// Whether a daemon of Pacemaker was killed: once a sequence.
    killed: bool,
    /// Whether one was killed since the cluster was idle: its tools may find nobody to talk to.
    headless: bool,
    /// The actions of which one was to fail, each once a sequence.
    failed: Vec<Act>,
    /// Whether the last move was a wait.
    awaited: bool,
}

impl Standing {
    /// How things stand at the beginning.
    pub(super) const fn at_first(world: World) -> Self {
        Self {
            world,
            exists: false,
            idle: true,
            banned: [false; 2],
            moved: false,
            standby: None,
            away: None,
            maintenance: false,
            daemons: [None; 2],
            frozen_for: 0,
            configs: [false; 2],
            cut: false,
            killed: false,
            headless: false,
            failed: Vec::new(),
            awaited: false,
        }
    }

    /// Whether a deed is legal and fair now.
    pub(super) fn allows(&self, what: Deed, facts: &LastSeen) -> bool {
        self.is_possible(what) && self.is_there(what, facts)
    }

    /// Whether what a deed is done to was seen to be there.
    fn is_there(&self, what: Deed, facts: &LastSeen) -> bool {
        match what {
            Deed::Guest(GuestDo::PowerOff) => Side::BOTH.iter().any(|on| facts.hears(*on)),
            Deed::Harm(Harm::Emulator(on, _) | Harm::Daemon(on, DaemonDo::Forget)) => {
                facts.has_emulator(on)
            }
            _ => true,
        }
    }

    /// Whether a deed may be legal and fair, as far as is known without a look at the lab.
    pub(super) fn is_possible(&self, what: Deed) -> bool {
        if !self.exists {
            return matches!(what, Deed::Create | Deed::Heal(_) | Deed::Await(..))
                && self.may_follow(what);
        }
        if self.is_frozen() && self.frozen_for >= FROZEN_FOR {
            return what == Deed::Heal(Cure::Daemon);
        }
        self.may_follow(what)
            && match what {
                Deed::Create | Deed::Calm | Deed::Watch => false,
                Deed::Delete => self.idle && !self.maintenance && self.is_whole(),
                Deed::Move(to) => self.standby != Some(to) && self.away != Some(to),
                Deed::Ban(from) => !self.banned[from as usize],
                Deed::Clear => self.moved || self.banned.contains(&true),
                Deed::Standby(_) => self.standby.is_none() && self.away.is_none(),
                Deed::Online(on) => self.standby == Some(on),
                Deed::Maintenance(on) => self.maintenance != on && self.away.is_none(),
                Deed::Leave(_) => self.is_calm() && self.standby.is_none(),
                Deed::Join(on) => self.away == Some(on) && self.idle,
                Deed::Refresh | Deed::Kill(..) if self.maintenance => false,
                Deed::Refresh | Deed::Cleanup if self.headless || !self.is_whole() => false,
                Deed::Kill(ClusterDaemon::Execd, _) if !self.idle => false,
                Deed::Kill(..) => !self.killed && self.is_calm(),
                Deed::Fail(act, _) => self.may_fail(act),
                Deed::Guest(GuestDo::PowerOff) => self.idle && !self.maintenance,
                Deed::Harm(harm) => self.allows_harm(harm),
                Deed::Refresh | Deed::Cleanup | Deed::Touch => true,
                Deed::Guest(_) | Deed::Heal(_) | Deed::Await(..) => true,
            }
    }

    /// Whether that may be done right after the last move, or at all where it undoes something.
    fn may_follow(&self, what: Deed) -> bool {
        match what {
            Deed::Await(Awaited::Idle, _) => !self.idle,
            Deed::Await(..) => !self.idle && !self.awaited,
            Deed::Heal(Cure::Daemon) => self.daemons.iter().any(Option::is_some),
            Deed::Heal(Cure::Config) => self.configs.contains(&true),
            Deed::Heal(Cure::Network) => self.cut,
            Deed::Heal(Cure::Emulator) => false,
            Deed::Create => self.idle,
            _ => !self.is_frozen() || !disturbs(what),
        }
    }

    fn allows_harm(&self, harm: Harm) -> bool {
        let is_well = |on: Side| self.daemons[on as usize].is_none();
        match harm {
            Harm::Config(on, ConfigForm::Missing) => !self.configs[on as usize],
            Harm::Cut(_) => !self.cut,
            Harm::Emulator(on, Pause::Kill) => is_well(on),
            // What a frozen daemon does of a killed action when it goes on nobody knows.
            Harm::Daemon(on, DaemonDo::Freeze) => {
                self.idle && is_well(on) && self.world.patience.is_none()
            }
            Harm::Daemon(on, _) => self.idle && is_well(on),
            Harm::Config(..) | Harm::Emulator(..) => false,
        }
    }

    fn may_fail(&self, act: Act) -> bool {
        let fails = matches!(
            act,
            Act::Monitor | Act::Start | Act::MigrateTo | Act::MigrateFrom
        );
        fails && !self.failed.contains(&act)
    }

    fn is_frozen(&self) -> bool {
        self.daemons.contains(&Some(DaemonDo::Freeze))
    }

    /// Whether all nodes are members.
    fn is_whole(&self) -> bool {
        self.away.is_none()
    }

    /// Whether all nodes are members, and the cluster looks after its resources.
    fn is_calm(&self) -> bool {
        self.is_whole() && !self.maintenance
    }

    /// Takes note of a deed that was done.
    pub(super) fn note(&mut self, what: Deed) {
        self.awaited = matches!(what, Deed::Await(..));
        self.frozen_for = if self.is_frozen() {
            self.frozen_for + 1
        } else {
            0
        };
        match what {
            Deed::Await(Awaited::Idle, _) | Deed::Calm => {
                self.idle = true;
                self.headless = false;
            }
            Deed::Await(..) => {}
            _ => self.idle = false,
        }
        match what {
            Deed::Create => self.exists = true,
            Deed::Delete => {
                self.exists = false;
                self.banned = [false; 2];
                self.moved = false;
            }
            Deed::Move(_) => self.moved = true,
            Deed::Ban(from) => self.banned[from as usize] = true,
            Deed::Clear => {
                self.banned = [false; 2];
                self.moved = false;
            }
            Deed::Standby(on) => self.standby = Some(on),
            Deed::Online(_) => self.standby = None,
            Deed::Maintenance(on) => self.maintenance = on,
            Deed::Leave(on) => self.away = Some(on),
            Deed::Join(_) => self.away = None,
            Deed::Kill(..) => {
                self.killed = true;
                self.headless = true;
            }
            Deed::Fail(act, _) => self.failed.push(act),
            Deed::Harm(harm) => self.note_harm(harm),
            Deed::Heal(Cure::Daemon) => self.daemons = [None; 2],
            Deed::Heal(Cure::Config) => self.configs = [false; 2],
            Deed::Heal(Cure::Network) => self.cut = false,
            _ => {}
        }
    }

    /// Takes note that the cluster had not become idle when nobody waited for it any more.
    pub(super) const fn is_still_busy(&mut self) {
        self.idle = false;
        self.headless = self.killed;
    }

    fn note_harm(&mut self, harm: Harm) {
        match harm {
            Harm::Daemon(on, what @ (DaemonDo::Stop | DaemonDo::Kill | DaemonDo::Freeze)) => {
                self.daemons[on as usize] = Some(what);
            }
            Harm::Config(on, _) => self.configs[on as usize] = true,
            Harm::Cut(_) => self.cut = true,
            Harm::Daemon(..) | Harm::Emulator(..) => {}
        }
    }

    /// What undoes all harm and every wish, in the order in which an operator would, until the cluster is idle.
    pub(super) fn closing(&self) -> Vec<Deed> {
        let cures = [Cure::Daemon, Cure::Config, Cure::Network];
        let cures = cures.map(Deed::Heal).into_iter();
        let cures = cures.filter(|cure| self.may_follow(*cure));
        // A frozen daemon has been frozen for long enough.
        let watched = (!self.is_frozen()).then_some(Deed::Watch);
        let mut deeds: Vec<_> = watched.into_iter().chain(cures).collect();
        if let Some(away) = self.away {
            deeds.extend([Deed::Calm, Deed::Join(away)]);
        }
        deeds.extend(self.standby.map(Deed::Online));
        if self.maintenance {
            deeds.push(Deed::Maintenance(false));
        }
        if self.is_possible(Deed::Clear) {
            deeds.push(Deed::Clear);
        }
        if !self.exists {
            deeds.extend([Deed::Calm, Deed::Create]);
        }
        // What has failed is forgotten only when all that could fail has: a node where it did is banned until then.
        deeds.extend([Deed::Calm, Deed::Cleanup, Deed::Watch, Deed::Calm]);
        deeds
    }
}

/// Whether a deed may make the cluster end an action, which a frozen daemon would let it wait for.
const fn disturbs(what: Deed) -> bool {
    matches!(
        what,
        Deed::Leave(_) | Deed::Standby(_) | Deed::Delete | Deed::Kill(..) | Deed::Guest(_)
    ) || matches!(what, Deed::Harm(_) | Deed::Fail(..))
}
