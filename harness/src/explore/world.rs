//! The worlds in which sequences begin, and the case that a sequence is.

use std::collections::{BTreeMap, BTreeSet};

use super::manager::Manager;
use super::model::{Belief, Cluster};
use super::moves::{Act, Harm, Move, Side};
use super::rgmanager::Rgmanager;
use crate::case::{
    CaseSpec, ClauseId, Family, Given, GivenState, GuestDo, Level, Millis, Needs, Role, Speed, Step,
};
use crate::ocf::Verb;

/// The state in which a sequence begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// The cluster has started the guest on `a`.
    Running,
    /// Nothing runs, and the cluster knows.
    Absent,
    /// Somebody started the guest on `a` by hand, and the cluster has not asked yet.
    Outside,
    /// As `Running`, and the guest dirties memory faster than the network between the nodes can carry: no migration
    /// ends by itself.
    SlowRoad,
}

/// After which time a sequence is given up. A dozen actions that are all killed at their timeout take four minutes.
const TIMEOUT: Millis = Millis(600_000);

impl World {
    /// What the manager of such agents believes in it.
    #[must_use]
    pub fn manager(self, family: Family) -> Manager {
        match family {
            Family::Ocf => Manager::Pacemaker(self.cluster()),
            Family::Rgmanager => Manager::Rgmanager(match self {
                Self::Running | Self::SlowRoad => Rgmanager::owned_by(Some(Side::A), true),
                Self::Absent => Rgmanager::owned_by(None, true),
                Self::Outside => Rgmanager::owned_by(None, false),
            }),
        }
    }

    /// What a cluster of Pacemaker believes in it.
    #[must_use]
    pub const fn cluster(self) -> Cluster {
        match self {
            Self::Running | Self::SlowRoad => Cluster::believing(Belief::Started, Belief::Stopped),
            Self::Absent => Cluster::believing(Belief::Stopped, Belief::Stopped),
            Self::Outside => Cluster::believing(Belief::Unknown, Belief::Unknown),
        }
    }

    fn given(self) -> Given {
        let a = match self {
            Self::Running | Self::SlowRoad => GivenState::Running,
            Self::Absent => GivenState::Absent,
            Self::Outside => GivenState::Outside,
        };
        let slow = self == Self::SlowRoad;
        Given {
            states: BTreeMap::from([(Side::A.name(), a), (Side::B.name(), GivenState::Absent)]),
            guest: slow.then_some(GuestDo::Dirty),
            migration_speed: slow.then_some(Speed(1)),
            ..Given::default()
        }
    }

    /// The case of a sequence that begins in this world. Its steps demand nothing themselves.
    #[must_use]
    pub fn case(self, sentence: &str, moves: &[Move], steps: Vec<Step>) -> CaseSpec {
        CaseSpec {
            case: sentence.to_owned(),
            clause: vec![ClauseId("DBL-01".to_owned())],
            level: Level::Must,
            needs: Self::needs(moves),
            timeout: TIMEOUT,
            repeat: 1,
            given: self.given(),
            when: steps,
            then: Vec::new(),
        }
    }

    fn needs(moves: &[Move]) -> Needs {
        let mut actions = BTreeSet::new();
        let mut roles = BTreeSet::new();
        for what in moves {
            match what {
                Move::Act {
                    act: Act::MigrateTo,
                    ..
                } => drop(actions.insert(Verb::MigrateTo)),
                Move::Act {
                    act: Act::MigrateFrom,
                    ..
                } => drop(actions.insert(Verb::MigrateFrom)),
                Move::Harm(Harm::Config(..)) => drop(roles.insert(Role::Config)),
                _ => {}
            }
        }
        Needs {
            nodes: 2,
            actions: actions.into_iter().collect(),
            roles: roles.into_iter().collect(),
            ..Needs::default()
        }
    }
}
