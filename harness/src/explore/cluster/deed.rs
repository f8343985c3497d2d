//! What is done in one move of a sequence around a cluster, and the steps of a case that it becomes.

use super::world::World;
use crate::case::{
    Answer, Check, ClusterCheck, ClusterDaemon, ClusterDo, Constraint, Fault, GuestDo, Millis,
    Pause, Quantity, SUBJECT, Seen, Settle, Step, Where,
};
use crate::explore::moves::{Act, Cure, Harm, Side};
use crate::ocf::Code;

/// One move: what an operator, the guest or bad luck does, or a wait for what the cluster does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explore) enum Deed {
    /// The guest becomes a resource of the cluster.
    Create,
    /// It is taken out of the cluster.
    Delete,
    /// It is moved to that node.
    Move(Side),
    /// It is banned from that node.
    Ban(Side),
    /// Moves and bans are taken back.
    Clear,
    /// Nothing may run on that node.
    Standby(Side),
    /// All may run there again.
    Online(Side),
    /// The cluster leaves its resources alone, or looks after them again.
    Maintenance(bool),
    /// The cluster's software is shut down on that node.
    Leave(Side),
    /// It is started there again.
    Join(Side),
    /// What is known of the guest is asked again.
    Refresh,
    /// Its failures are forgotten.
    Cleanup,
    /// Something changes that does not concern it.
    Touch,
    /// The guest itself behaves otherwise, or does something.
    Guest(GuestDo),
    /// Something is harmed.
    Harm(Harm),
    /// Harm is undone.
    Heal(Cure),
    /// A daemon of Pacemaker is killed, and started again by Pacemaker.
    Kill(ClusterDaemon, Side),
    /// The next such action there fails, without the agent.
    Fail(Act, Side),
    /// What the cluster does is waited for, and no longer than that.
    Await(Awaited, Millis),
    /// The cluster has nothing left to do, or nothing can be decided.
    Calm,
    /// What the next recurring monitor finds, and what is still on its way, gets the time to show.
    Watch,
}

/// What a sequence waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explore) enum Awaited {
    /// The cluster has nothing to do.
    Idle,
    /// An action begins.
    Began(Act, Side),
    /// An action ends.
    Ended(Act, Side),
}

/// How long the cluster may take to become idle, with actions that are killed at timeouts of minutes.
const CALM_WITHIN: Millis = Millis(240_000);

/// More instances than there should be.
const TWICE: Quantity = Quantity {
    exactly: None,
    at_most: None,
    at_least: Some(2),
};

/// Longer than from one recurring monitor to the next.
const WATCHED_FOR: Millis = Millis(1500);

/// How long the guest may take to power itself off.
const OBEYS_WITHIN: Millis = Millis(5000);

impl Deed {
    /// The steps of a case that do it.
    pub(super) fn steps(self, world: World) -> Vec<Step> {
        let asks = |what| vec![Step::Cluster(what)];
        match self {
            Self::Create => asks(ClusterDo::Create(world.resource())),
            Self::Delete => asks(ClusterDo::Delete),
            Self::Move(to) => asks(ClusterDo::Constrain(vec![wish(to)])),
            Self::Ban(from) => asks(ClusterDo::Ban(from.name())),
            Self::Clear => asks(ClusterDo::Clear),
            Self::Standby(on) => asks(ClusterDo::Standby(on.name())),
            Self::Online(on) => asks(ClusterDo::Online(on.name())),
            Self::Maintenance(on) => asks(ClusterDo::Maintenance(on)),
            Self::Leave(on) => asks(ClusterDo::Leave(on.name())),
            Self::Join(on) => asks(ClusterDo::Join(on.name())),
            Self::Refresh => asks(ClusterDo::Refresh(Where::All)),
            Self::Cleanup => asks(ClusterDo::Cleanup(Where::All)),
            Self::Touch => asks(ClusterDo::Touch),
            Self::Fail(act, on) => asks(ClusterDo::Answer(Answer {
                action: act.verb(),
                node: on.name(),
                returns: Code::ErrGeneric,
                times: 1,
            })),
            Self::Guest(command) => guest(command),
            Self::Harm(harm) => vec![Step::Fault(harm.fault())],
            Self::Heal(cure) => vec![Step::Heal(cure.kind())],
            Self::Kill(daemon, on) => vec![Step::Fault(Fault::Pacemaker {
                node: on.name(),
                daemon,
                what: Pause::Kill,
            })],
            Self::Await(what, within) => {
                vec![settle(Check::Cluster(what.check()), within, true)]
            }
            Self::Watch => vec![settle(Check::Running(TWICE), WATCHED_FOR, true)],
            Self::Calm => vec![settle(
                Check::Cluster(ClusterCheck::Idle),
                CALM_WITHIN,
                false,
            )],
        }
    }

    /// Whether it waits until the cluster is idle.
    pub(super) const fn awaits_idle(self) -> bool {
        matches!(self, Self::Await(Awaited::Idle, _))
    }

    /// Whether what it waits for must come, for the sequence to mean anything.
    pub(super) const fn must_hold(self) -> bool {
        matches!(self, Self::Guest(GuestDo::PowerOff) | Self::Calm)
    }
}

impl Awaited {
    fn check(self) -> ClusterCheck {
        let seen = |act: Act, on: Side| Seen {
            action: act.verb(),
            node: on.name(),
            returns: None,
        };
        match self {
            Self::Idle => ClusterCheck::Idle,
            Self::Began(act, on) => ClusterCheck::Began(seen(act, on)),
            Self::Ended(act, on) => ClusterCheck::Ended(seen(act, on)),
        }
    }
}

/// The constraint that `crm_resource --move` adds, and `--clear` takes out. The tool itself refuses where the cluster
/// believes the guest there already.
fn wish(to: Side) -> Constraint {
    Constraint {
        location: Some(SUBJECT.to_owned()),
        node: Some(to.name()),
        id: Some(format!("cli-prefer-{SUBJECT}")),
        ..Constraint::default()
    }
}

fn settle(until: Check, within: Millis, optional: bool) -> Step {
    Step::Settle(Settle {
        until,
        within,
        optional,
    })
}

/// A guest's end by itself is waited for: a command that no guest has read yet would be obeyed by the next one at its
/// boot.
fn guest(command: GuestDo) -> Vec<Step> {
    let step = Step::Guest(command);
    match command {
        GuestDo::PowerOff => {
            let none = Quantity {
                exactly: Some(0),
                ..Quantity::default()
            };
            vec![step, settle(Check::Running(none), OBEYS_WITHIN, false)]
        }
        _ => vec![step],
    }
}
