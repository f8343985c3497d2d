//! The worlds in which sequences around a cluster begin, and the case that such a sequence is.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{
    CaseSpec, Check, ClauseId, Create, Fault, Given, GivenState, GuestDo, Level, Millis, Needs,
    Quantity, Role, Speed, Step,
};
use crate::equipment::Cluster;
use crate::explore::moves::Side;
use crate::ocf::Verb;

/// How migrations go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// As the agent has it.
    Plain,
    /// The guest dirties memory faster than the network can carry: none ends by itself.
    Slow,
    /// The source's daemon migrates by itself, and the guest is slow to shut down.
    PeerToPeer,
}

/// How a sequence begins: no resource, no guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct World {
    /// How migrations go.
    pub(super) road: Road,
    /// The timeout of `migrate_to`; the advertised one unless said.
    pub(super) patience: Option<Millis>,
    /// Whether the agent migrates.
    pub(super) migrates: bool,
}

/// The interval of the recurring monitor.
const INTERVAL: Millis = Millis(1000);

/// After which time a sequence is given up: some wait for timeouts of libvirt, half a minute each.
const TIMEOUT: Millis = Millis(600_000);

impl World {
    /// The guest as a resource of the cluster.
    pub(super) fn resource(self) -> Create {
        let timeouts = self.patience.map(|timeout| (Verb::MigrateTo, timeout));
        Create {
            prefers: Some(Side::A.name()),
            monitor: Some(INTERVAL),
            allow_migrate: self.migrates,
            timeouts: timeouts.into_iter().collect(),
            ..Create::default()
        }
    }

    fn given(self) -> Given {
        let guest = match self.road {
            Road::Plain => None,
            Road::Slow => Some(GuestDo::Dirty),
            Road::PeerToPeer => Some(GuestDo::Slow),
        };
        let option = (Role::MigrateOptions, Some("--p2p".to_owned()));
        let option = (self.road == Road::PeerToPeer).then_some(option);
        Given {
            states: BTreeMap::from(Side::BOTH.map(|side| (side.name(), GivenState::Absent))),
            guest,
            migration_speed: (self.road == Road::Slow).then_some(Speed(1)),
            parameters: option.into_iter().collect(),
            ..Given::default()
        }
    }

    /// The case of a sequence that begins in this world: when it is over, the guest runs once.
    pub(super) fn case(self, sentence: &str, steps: Vec<Step>) -> CaseSpec {
        let once = Quantity {
            exactly: Some(1),
            ..Quantity::default()
        };
        let given = self.given();
        let actions = match self.migrates {
            true => vec![Verb::MigrateTo, Verb::MigrateFrom],
            false => Vec::new(),
        };
        let mut roles: BTreeSet<_> = given.parameters.keys().copied().collect();
        let is_config = |step: &Step| matches!(step, Step::Fault(Fault::Config { .. }));
        if steps.iter().any(is_config) {
            roles.insert(Role::Config);
        }
        CaseSpec {
            case: sentence.to_owned(),
            clause: ["DBL-01", "START-01"]
                .map(|id| ClauseId(id.to_owned()))
                .into(),
            level: Level::Must,
            needs: Needs {
                nodes: 2,
                cluster: Some(Cluster::Pacemaker),
                actions,
                roles: roles.into_iter().collect(),
                ..Needs::default()
            },
            timeout: TIMEOUT,
            repeat: 1,
            given,
            when: steps,
            then: vec![Check::Running(once)],
        }
    }
}
