//! What is done in one move of a sequence, and the steps of a case that it becomes.

use std::collections::BTreeMap;

use crate::case::{
    Check, ConfigForm, DaemonDo, Fault, FaultKind, GuestDo, Millis, NetworkDo, OneOrMany, Outside,
    Pause, Quantity, Returned, Run, Settle, Step,
};
use crate::history::{DomainState, NodeName};
use crate::ocf::Verb;

/// One of the two nodes of a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Node `a`.
    A,
    /// Node `b`.
    B,
}

impl Side {
    /// Both nodes.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The node that it is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Its name in cases and histories.
    #[must_use]
    pub fn name(self) -> NodeName {
        NodeName::from(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }

    /// The node of that name.
    #[must_use]
    pub fn of(name: &NodeName) -> Option<Self> {
        Self::BOTH.into_iter().find(|place| place.name() == *name)
    }
}

/// An action that Pacemaker orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// `monitor` without an interval.
    Probe,
    /// The recurring `monitor`.
    Monitor,
    /// `start`.
    Start,
    /// `stop`.
    Stop,
    /// `migrate_to`, on the source.
    MigrateTo,
    /// `migrate_from`, on the target.
    MigrateFrom,
}

impl Act {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::Probe,
        Self::Monitor,
        Self::Start,
        Self::Stop,
        Self::MigrateTo,
        Self::MigrateFrom,
    ];

    /// What the agent is asked to do for it.
    pub(super) const fn verb(self) -> Verb {
        match self {
            Self::Probe | Self::Monitor => Verb::Monitor,
            Self::Start => Verb::Start,
            Self::Stop => Verb::Stop,
            Self::MigrateTo => Verb::MigrateTo,
            Self::MigrateFrom => Verb::MigrateFrom,
        }
    }
}

/// Harm done to the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// To the hypervisor's daemon.
    Daemon(Side, DaemonDo),
    /// To the guest's emulator.
    Emulator(Side, Pause),
    /// To the configuration file.
    Config(Side, ConfigForm),
    /// The node is cut off from the other.
    Cut(Side),
}

impl Harm {
    /// The fault of a case that does it.
    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Daemon(on, what) => Fault::Daemon {
                node: on.name(),
                what,
            },
            Self::Emulator(on, what) => Fault::Emulator {
                node: on.name(),
                what,
            },
            Self::Config(on, form) => Fault::Config {
                node: on.name(),
                form,
            },
            Self::Cut(on) => Fault::Network(NetworkDo::Cut(on.name())),
        }
    }
}

/// What harm is undone together, by the name that cases give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cure {
    /// Daemons go on, or are started again.
    Daemon,
    /// Frozen emulators go on.
    Emulator,
    /// The configuration files are what they were.
    Config,
    /// The nodes reach each other again.
    Network,
}

impl Cure {
    pub(super) const fn kind(self) -> FaultKind {
        match self {
            Self::Daemon => FaultKind::Daemon,
            Self::Emulator => FaultKind::Emulator,
            Self::Config => FaultKind::Config,
            Self::Network => FaultKind::Network,
        }
    }
}

/// One move of a sequence: what the cluster, an operator, the guest or bad luck does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The cluster runs the agent; with `cut` the agent's processes are killed that long after their begin.
    Act {
        /// The action.
        act: Act,
        /// Where.
        on: Side,
        /// After which time the agent is killed, if it is.
        cut: Option<Millis>,
    },
    /// The cluster stops on both nodes, ordered by nothing.
    StopBoth,
    /// Something is harmed.
    Harm(Harm),
    /// Harm is undone.
    Heal(Cure),
    /// An operator suspends the guest.
    Suspend(Side),
    /// The operator resumes it.
    Resume(Side),
    /// The guest, which runs there, does something by itself.
    Guest(GuestDo, Side),
}

/// How long the guest may take to obey a command.
const OBEYS_WITHIN: Millis = Millis(5000);

/// The interval of the recurring monitor.
const INTERVAL: Millis = Millis(10_000);

impl Move {
    /// The same action, left to its own end.
    #[must_use]
    pub const fn act(act: Act, on: Side) -> Self {
        let cut = None;
        Self::Act { act, on, cut }
    }

    /// The steps of a case that do it.
    #[must_use]
    pub fn steps(self) -> Vec<Step> {
        match self {
            Self::Act { act, on, cut } => vec![Step::Run(run(act, on, cut))],
            Self::StopBoth => {
                let stop = |on| Step::Run(run(Act::Stop, on, None));
                vec![Step::Together(Side::BOTH.map(stop).to_vec())]
            }
            Self::Harm(harm) => vec![Step::Fault(harm.fault())],
            Self::Heal(cure) => vec![Step::Heal(cure.kind())],
            Self::Suspend(on) => vec![Step::Outside(Outside::Suspend(on.name()))],
            Self::Resume(on) => vec![Step::Outside(Outside::Resume(on.name()))],
            Self::Guest(command, on) => guest(command, on),
        }
    }
}

/// What a guest does once is waited for: a command that no guest has read yet would be obeyed by the
/// next one at its boot, and no agent could answer for that.
fn guest(command: GuestDo, on: Side) -> Vec<Step> {
    let step = Step::Guest(command);
    let state = |state| Check::State(BTreeMap::from([(on.name(), OneOrMany(vec![state]))]));
    let until = match command {
        GuestDo::Panic => state(DomainState::Crashed),
        GuestDo::Suspend => state(DomainState::Pmsuspended),
        GuestDo::PowerOff => Check::Running(Quantity {
            exactly: Some(0),
            ..Quantity::default()
        }),
        GuestDo::Deaf | GuestDo::Slow | GuestDo::Dirty | GuestDo::Normal | GuestDo::Reboot => {
            return vec![step];
        }
    };
    let within = OBEYS_WITHIN;
    let settle = Step::Settle(Settle {
        until,
        within,
        optional: false,
    });
    vec![step, settle]
}

fn run(act: Act, on: Side, cut: Option<Millis>) -> Run {
    let mut returns = vec![Returned::Anything];
    if cut.is_some() {
        returns.insert(0, Returned::Killed);
    }
    Run {
        to: (act == Act::MigrateTo).then(|| on.other().name()),
        from: (act == Act::MigrateFrom).then(|| on.other().name()),
        interval: (act == Act::Monitor).then_some(INTERVAL),
        kill_after: cut,
        returns: OneOrMany(returns),
        ..Run::new(act.verb(), on.name())
    }
}
