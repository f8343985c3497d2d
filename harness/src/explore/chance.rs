//! Chooses random moves: mostly what the manager would do next, and now and then a fault.

use super::course::{Chooser, Made, Standing};
use super::facts::LastSeen;
use super::fair::FORMS;
use super::model::Belief;
use super::moves::{Act, Cure, Harm, Move, Side};
use super::world::World;
use crate::case::{DaemonDo, Family, GuestDo, Millis, Pause};
use crate::seeded_random::SeededRandom;

/// The most moves after the last one that settle what the cluster is unsure of.
const CLOSING: usize = 6;

/// What the agent and its profile let a sequence do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Whose dialect it speaks: which manager is played.
    pub family: Family,
    /// Whether the agent advertises both migration actions.
    pub migrates: bool,
    /// Whether the profile names the parameter of the configuration file.
    pub has_config: bool,
    /// Whether the profile names the parameter of more options of a migration.
    pub has_migrate_options: bool,
}

/// Chooses the moves of a random sequence: the same seed and the same answers give the same moves.
#[derive(Clone, Debug)]
pub struct Chance {
    random: SeededRandom,
    scope: Scope,
    steps: usize,
}

impl Chance {
    /// The world and the chooser of a seed; the sequence has that many moves, and the stops that must follow.
    #[must_use]
    pub fn new(seed: u64, steps: usize, scope: Scope) -> (World, Self) {
        let mut random = SeededRandom::new(seed);
        let slow = u32::from(scope.migrates);
        let worlds = [
            (5, World::Running),
            (2, World::Absent),
            (2, World::Outside),
            (slow, World::SlowRoad),
        ];
        let world = random.pick(&worlds).unwrap_or(World::Running);
        (
            world,
            Self {
                random,
                scope,
                steps,
            },
        )
    }

    fn by_the_cluster(
        &mut self,
        made: &[Made],
        standing: &Standing,
        only_doubts: bool,
    ) -> Option<Move> {
        let acts = Act::ALL
            .into_iter()
            .flat_map(|act| Side::BOTH.map(|on| (act, on)));
        let legal = acts.filter(|(act, on)| {
            let moves = matches!(act, Act::MigrateTo | Act::MigrateFrom);
            let answers = standing.manager.settles(*act);
            standing.is_legal(Move::act(*act, *on))
                && (self.scope.migrates || !moves)
                && (answers || !only_doubts)
        });
        let left = left_last(made);
        let mut from: Vec<_> = legal
            .map(|(act, on)| {
                let stays = left == Some(on);
                (weight(act, on, stays, standing), Move::act(act, on))
            })
            .collect();
        if standing.is_legal(Move::StopBoth) {
            from.push((5, Move::StopBoth));
        }
        let chosen = self.random.pick(&from)?;
        Some(self.perhaps_cut(chosen, standing))
    }

    /// Now and then the agent is killed: by the executor's timeout, or with the executor itself.
    fn perhaps_cut(&mut self, what: Move, standing: &Standing) -> Move {
        let (act, on) = match what {
            Move::Act { act, on, .. } if standing.manager.may_kill(act) => (act, on),
            _ => return what,
        };
        // In tens of milliseconds; a start and a migration take a few tenths of a second.
        let (one_in, longest) = match act {
            Act::Start => (6, 70),
            Act::MigrateTo => (3, 90),
            Act::MigrateFrom => (6, 30),
            Act::Probe | Act::Monitor | Act::Stop => return what,
        };
        let (hit, after) = (self.random.below(one_in), self.random.below(longest));
        let cut = (hit == 0).then_some(Millis(50 + 10 * after));
        Move::Act { act, on, cut }
    }

    fn by_bad_luck(&mut self, standing: &Standing, facts: &LastSeen) -> Option<Move> {
        let on = if self.random.below(2) == 0 {
            Side::A
        } else {
            Side::B
        };
        let form = FORMS.map(|form| (1, form));
        let form = self.random.pick(&form)?;
        let config = if self.scope.has_config { 6 } else { 0 };
        let from = [
            (config, Move::Harm(Harm::Config(on, form))),
            (2, Move::Harm(Harm::Daemon(on, DaemonDo::Stop))),
            (2, Move::Harm(Harm::Daemon(on, DaemonDo::Kill))),
            (1, Move::Harm(Harm::Daemon(on, DaemonDo::Freeze))),
            (3, Move::Harm(Harm::Daemon(on, DaemonDo::Restart))),
            (3, Move::Harm(Harm::Daemon(on, DaemonDo::Forget))),
            (1, Move::Harm(Harm::Emulator(on, Pause::Freeze))),
            (2, Move::Harm(Harm::Emulator(on, Pause::Kill))),
            (2, Move::Harm(Harm::Cut(on))),
            (5, Move::Heal(Cure::Config)),
            (5, Move::Heal(Cure::Daemon)),
            (5, Move::Heal(Cure::Emulator)),
            (5, Move::Heal(Cure::Network)),
            (2, Move::Suspend(on)),
            (6, Move::Resume(on)),
            (1, Move::Guest(GuestDo::Deaf, on)),
            (1, Move::Guest(GuestDo::Slow, on)),
            (1, Move::Guest(GuestDo::Panic, on)),
            (1, Move::Guest(GuestDo::Suspend, on)),
            (1, Move::Guest(GuestDo::PowerOff, on)),
        ];
        let fair = from
            .into_iter()
            .filter(|(_, what)| standing.allows(*what, facts));
        self.random.pick(&fair.collect::<Vec<_>>())
    }
}

/// The node on which the cluster stopped last.
fn left_last(made: &[Made]) -> Option<Side> {
    let answers = made.iter().rev().flat_map(|made| made.answers.iter().rev());
    let mut stops = answers.filter(|answered| answered.act == Act::Stop);
    stops.next().map(|answered| answered.on)
}

/// How likely an action is where it is legal: a sequence of probes alone would find nothing. The cluster rather starts
/// where it did not stop last: a hard error bans its node, and placement is why it stops a guest that is well.
fn weight(act: Act, on: Side, stays: bool, standing: &Standing) -> u32 {
    match act {
        Act::Probe if standing.manager.on(on) == Belief::Unknown => 8,
        Act::Probe => 1,
        Act::Monitor => 2,
        Act::Start if stays => 3,
        Act::Start => 9,
        Act::Stop if standing.manager.on(on) == Belief::Doubtful => 6,
        Act::Stop => 3,
        Act::MigrateTo => 5,
        Act::MigrateFrom => 12,
    }
}

impl Chooser for Chance {
    fn next(&mut self, made: &[Made], standing: &Standing, facts: &LastSeen) -> Option<Move> {
        if made.len() >= self.steps {
            // No manager leaves a doubt unanswered, and what an action left half done is not judged before.
            let open = standing.manager.doubts() && made.len() < self.steps + CLOSING;
            return open
                .then(|| self.by_the_cluster(made, standing, true))
                .flatten();
        }
        let unlucky = self.random.below(10) < 4;
        let bad_luck = unlucky.then(|| self.by_bad_luck(standing, facts)).flatten();
        bad_luck.or_else(|| self.by_the_cluster(made, standing, false))
    }
}

/// A sequence that is known already, played again as long as it stays legal and fair.
#[derive(Clone, Debug)]
pub struct Again<'a> {
    moves: &'a [Move],
    refused: bool,
}

impl<'a> Again<'a> {
    /// These moves.
    #[must_use]
    pub const fn new(moves: &'a [Move]) -> Self {
        Self {
            moves,
            refused: false,
        }
    }

    /// Whether a move was neither legal nor fair any more when its turn came.
    #[must_use]
    pub const fn was_refused(&self) -> bool {
        self.refused
    }
}

impl Chooser for Again<'_> {
    fn next(&mut self, made: &[Made], standing: &Standing, facts: &LastSeen) -> Option<Move> {
        let next = *self.moves.get(made.len())?;
        self.refused |= !standing.allows(next, facts);
        (!self.refused).then_some(next)
    }
}
