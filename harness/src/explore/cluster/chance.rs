//! Chooses random deeds: an operator's, now and then bad luck, and waits of random length between them.

use super::deed::{Awaited, Deed};
use super::standing::Standing;
use super::world::{Road, World};
use crate::case::{ClusterDaemon, ConfigForm, DaemonDo, GuestDo, Millis, Pause};
use crate::explore::chance::Scope;
use crate::explore::facts::LastSeen;
use crate::explore::moves::{Act, Cure, Harm, Side};
use crate::seeded_random::SeededRandom;

/// How long the cluster may take to become idle before the sequence goes on all the same.
const IDLE_WITHIN: Millis = Millis(10_000);

/// Waits for an action, in milliseconds: some end before what they wait for comes, which is a random moment, too.
const WAITS: [(u32, u64); 6] = [
    (2, 100),
    (2, 300),
    (3, 700),
    (3, 1500),
    (2, 2500),
    (1, 4000),
];

/// The daemons of Pacemaker that may be killed without the node being fenced for it.
const DAEMONS: [(u32, ClusterDaemon); 5] = [
    (4, ClusterDaemon::Controld),
    (4, ClusterDaemon::Execd),
    (1, ClusterDaemon::Attrd),
    (1, ClusterDaemon::Schedulerd),
    (1, ClusterDaemon::Fenced),
];

/// How long an operator who waits for a certain moment of a migration waits: longer than `migrate_to` may take.
const PATIENT: Millis = Millis(6000);

/// Chooses the next deed.
pub(super) trait Chooser {
    /// The next deed, or the end.
    fn next(&mut self, done: &[Deed], standing: &Standing, facts: &LastSeen) -> Option<Deed>;
}

/// Chooses the deeds of a random sequence.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    random: SeededRandom,
    scope: Scope,
    road: Road,
    deeds: usize,
    /// In how many of ten moves what often follows the last one is done.
    purpose: u64,
}

impl Chance {
    /// The world and the chooser of a seed; the sequence has that many deeds after the first, which is to create the
    /// resource.
    pub(super) fn new(seed: u64, deeds: usize, scope: Scope) -> (World, Self) {
        let mut random = SeededRandom::new(seed);
        let peer_to_peer = scope.migrates && scope.has_migrate_options;
        let roads = [
            (5, Road::Plain),
            (4 * u32::from(scope.migrates), Road::Slow),
            (4 * u32::from(peer_to_peer), Road::PeerToPeer),
        ];
        let road = random.pick(&roads).unwrap_or(Road::Plain);
        let patience = Millis(1500 + 500 * random.below(6));
        let hasty = road != Road::Plain || random.below(4) == 0;
        let world = World {
            road,
            patience: (scope.migrates && hasty).then_some(patience),
            migrates: scope.migrates,
        };
        let purpose = random.pick(&[(1, 0), (1, 5), (1, 9)]).unwrap_or_default();
        let chance = Self {
            random,
            scope,
            road,
            deeds,
            purpose,
        };
        (world, chance)
    }

    fn side(&mut self) -> Side {
        Side::BOTH[usize::from(self.random.below(2) == 1)]
    }

    /// A node, rather the one where the guest was seen last.
    fn near(&mut self, facts: &LastSeen) -> Side {
        let (on, here) = (self.side(), self.random.below(4) > 0);
        let is_elsewhere = facts.has_emulator(on.other()) && !facts.has_emulator(on);
        if here && is_elsewhere { on.other() } else { on }
    }

    /// What often follows the last move: a migration is asked for over a network that fails, is watched, and is taken
    /// back while it runs; the network comes back while the cluster stops the guest. It is what a user met in 2013, and
    /// too long a chain for chance alone.
    fn what_follows(&mut self, last: Option<&Deed>, facts: &LastSeen) -> Vec<(u32, Deed)> {
        let (on, any) = (self.near(facts), self.side());
        let begins = |from| {
            (
                1,
                Deed::Await(Awaited::Began(Act::MigrateTo, from), PATIENT),
            )
        };
        let daemons_migrate = u32::from(self.road == Road::PeerToPeer);
        match last {
            Some(Deed::Await(Awaited::Idle, _)) => {
                vec![(daemons_migrate, Deed::Harm(Harm::Cut(any)))]
            }
            Some(Deed::Harm(Harm::Cut(_))) => {
                vec![(2, Deed::Ban(on)), (1, Deed::Move(on.other()))]
            }
            Some(Deed::Ban(from) | Deed::Standby(from)) => vec![begins(*from)],
            Some(Deed::Move(to)) => vec![begins(to.other())],
            Some(Deed::Await(Awaited::Began(Act::MigrateTo, from), _)) => {
                vec![(3, Deed::Clear), (2, Deed::Online(*from))]
            }
            Some(Deed::Clear | Deed::Online(_)) => {
                let stopped = Awaited::Ended(Act::Stop, on.other());
                vec![(1, Deed::Await(stopped, PATIENT))]
            }
            Some(Deed::Await(Awaited::Ended(Act::Stop, _), _)) => {
                vec![(1, Deed::Heal(Cure::Network))]
            }
            _ => Vec::new(),
        }
    }

    fn by_an_operator(&mut self, facts: &LastSeen) -> Vec<(u32, Deed)> {
        let (on, any) = (self.near(facts), self.side());
        // What lets a migration arrive that did not end by itself.
        let normal = 8 * u32::from(self.road == Road::Slow);
        vec![
            (normal, Deed::Guest(GuestDo::Normal)),
            (8, Deed::Move(on.other())),
            (8, Deed::Ban(on)),
            (10, Deed::Clear),
            (4, Deed::Standby(on)),
            (8, Deed::Online(any)),
            (2, Deed::Maintenance(true)),
            (8, Deed::Maintenance(false)),
            (1, Deed::Leave(on)),
            (4, Deed::Join(any)),
            (2, Deed::Refresh),
            (2, Deed::Cleanup),
            (4, Deed::Touch),
            (1, Deed::Delete),
            (20, Deed::Create),
        ]
    }

    fn by_bad_luck(&mut self) -> Vec<(u32, Deed)> {
        let on = self.side();
        let acts = [Act::Monitor, Act::Start, Act::MigrateTo, Act::MigrateFrom];
        let act = acts[usize::try_from(self.random.below(4)).unwrap_or_default()];
        let killed = self.random.pick(&DAEMONS);
        let config = 5 * u32::from(self.scope.has_config);
        let mut deeds = vec![
            (config, Deed::Harm(Harm::Config(on, ConfigForm::Missing))),
            (1, Deed::Harm(Harm::Daemon(on, DaemonDo::Kill))),
            (1, Deed::Harm(Harm::Daemon(on, DaemonDo::Freeze))),
            (2, Deed::Harm(Harm::Daemon(on, DaemonDo::Restart))),
            (2, Deed::Harm(Harm::Daemon(on, DaemonDo::Forget))),
            (2, Deed::Harm(Harm::Emulator(on, Pause::Kill))),
            (4, Deed::Harm(Harm::Cut(on))),
            (4, Deed::Heal(Cure::Config)),
            (6, Deed::Heal(Cure::Daemon)),
            (8, Deed::Heal(Cure::Network)),
            (3, Deed::Fail(act, on)),
            (1, Deed::Guest(GuestDo::Dirty)),
            (1, Deed::Guest(GuestDo::Slow)),
            (1, Deed::Guest(GuestDo::PowerOff)),
        ];
        deeds.extend(killed.map(|daemon| (2, Deed::Kill(daemon, on))));
        deeds
    }

    /// A wait, above all for what a migration and its end are made of.
    fn a_wait(&mut self, facts: &LastSeen) -> Vec<(u32, Deed)> {
        let acts = [
            (4, Act::MigrateTo),
            (2, Act::MigrateFrom),
            (4, Act::Stop),
            (2, Act::Start),
            (1, Act::Monitor),
        ];
        let (act, on) = (self.random.pick(&acts), self.near(facts));
        let on = match act {
            Some(Act::MigrateFrom) => on.other(),
            Some(Act::Stop | Act::Start) => self.side(),
            _ => on,
        };
        let within = Millis(self.random.pick(&WAITS).unwrap_or(100));
        let begins = self.random.below(2) == 0;
        let event = match act {
            Some(act) if begins => Awaited::Began(act, on),
            Some(act) => Awaited::Ended(act, on),
            None => Awaited::Idle,
        };
        vec![
            (5, Deed::Await(event, within)),
            (2, Deed::Await(Awaited::Idle, IDLE_WITHIN)),
        ]
    }
}

impl Chooser for Chance {
    fn next(&mut self, done: &[Deed], standing: &Standing, facts: &LastSeen) -> Option<Deed> {
        let first = [Deed::Create, Deed::Await(Awaited::Idle, IDLE_WITHIN)];
        if let Some(what) = first.get(done.len()) {
            return Some(*what);
        }
        if done.len() >= self.deeds + first.len() {
            return None;
        }
        // Every list is drawn, so that what was not fair does not change what follows it.
        let lists = [
            self.a_wait(facts),
            self.by_an_operator(facts),
            self.by_bad_luck(),
            self.what_follows(done.last(), facts),
        ];
        let order: [usize; 3] = match self.random.below(10) {
            0..4 => [0, 1, 2],
            4..8 => [1, 0, 2],
            _ => [2, 1, 0],
        };
        let follows = self.random.below(10) < self.purpose;
        let first = follows.then_some(3);
        first.into_iter().chain(order).find_map(|list| {
            let fair = lists[list].iter().copied();
            let fair: Vec<_> = fair
                .filter(|(_, what)| standing.allows(*what, facts))
                .collect();
            self.random.pick(&fair)
        })
    }
}

/// A sequence that is known already, played again as long as it stays legal and fair.
#[derive(Clone, Debug)]
pub(super) struct Again<'a> {
    deeds: &'a [Deed],
    refused: bool,
}

impl<'a> Again<'a> {
    /// These deeds.
    pub(super) const fn new(deeds: &'a [Deed]) -> Self {
        Self {
            deeds,
            refused: false,
        }
    }

    /// Whether a deed was neither legal nor fair any more when its turn came.
    pub(super) const fn was_refused(&self) -> bool {
        self.refused
    }
}

impl Chooser for Again<'_> {
    fn next(&mut self, done: &[Deed], standing: &Standing, facts: &LastSeen) -> Option<Deed> {
        let next = *self.deeds.get(done.len())?;
        self.refused |= !standing.allows(next, facts);
        (!self.refused).then_some(next)
    }
}
