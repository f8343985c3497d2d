//! Many sequences side by side. Those in which an invariant breaks are shrunk, and all go into the results.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::breach::Breach;
use super::chance::{Chance, Scope};
use super::narrow::narrow;
use super::trial::{Trial, Tried};
use super::world::World;
use super::writing::case_file;
use crate::case::{CaseId, LoadedCase, load_text};
use crate::drive::Patience;
use crate::judge::Severity;
use crate::report::{CaseEnd, Event};
use crate::suite::{self, Crew};

/// Which sequences to run.
#[derive(Clone, Copy, Debug)]
pub struct Exploration {
    /// The seed of the first sequence; each has the seed after the one before it.
    pub seed: u64,
    /// How many sequences.
    pub sequences: u64,
    /// The number of moves of each, without the stops at its end that settle what the cluster is unsure of.
    pub steps: usize,
    /// What the agent and its profile let a sequence do.
    pub scope: Scope,
}

/// Runs all sequences on the crew's labs. Each ends with an event, and with its case in the results, as
/// `explored/seed-N.yaml`; its history and verdict are kept like those of any case.
pub fn explore(exploration: &Exploration, crew: &Crew, jobs: usize) {
    let next = AtomicU64::new(0);
    let known = Known::default();
    thread::scope(|scope| {
        let jobs = u64::try_from(jobs).unwrap_or(u64::MAX);
        for _ in 0..jobs.min(exploration.sequences).max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= exploration.sequences || crew.interrupted.load(Ordering::Relaxed) {
                        break;
                    }
                    SequenceRun::new(exploration, crew, exploration.seed.wrapping_add(index))
                        .run(&known);
                }
            });
        }
    });
}

/// The breaches that have been shrunk, each with the first seed that showed it; the same breach is shrunk once.
#[derive(Debug, Default)]
struct Known(Mutex<BTreeMap<Breach, u64>>);

impl Known {
    /// Claims a breach for a seed; returns the seed that has claimed it already, if any.
    fn claim(&self, breach: &Breach, seed: u64) -> Option<u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *known.entry(breach.clone()).or_insert(seed);
        (first != seed).then_some(first)
    }

    /// Gives up the claim, because the breach did not occur again.
    fn release(&self, breach: &Breach) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(breach);
    }
}

/// One sequence, from its seed to its results.
struct SequenceRun<'a> {
    exploration: &'a Exploration,
    crew: &'a Crew,
    seed: u64,
    id: CaseId,
    sentence: String,
}

impl<'a> SequenceRun<'a> {
    fn new(exploration: &'a Exploration, crew: &'a Crew, seed: u64) -> Self {
        Self {
            exploration,
            crew,
            seed,
            id: CaseId(format!("explored::seed-{seed}")),
            sentence: format!("no invariant breaks in what may happen by seed {seed}"),
        }
    }

    fn run(&self, known: &Known) {
        let id = self.id.clone();
        self.crew.send(Event::CaseStarted { id });
        let trouble = match self.crew.results.begin_case(&self.id) {
            Ok(_) => {
                let (tried, heading) = self.conclude(known);
                self.keep(tried, &heading)
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = trouble {
            self.crew.send(Event::CaseEnded(Box::new(CaseEnd {
                verdict: suite::unknown(&self.id, &why),
                diagnosis: Some(why),
                known: None,
                mended: false,
            })));
        }
    }

    /// Runs the sequence, and shrinks it if an invariant broke; the heading describes the result.
    fn conclude(&self, known: &Known) -> (Tried, Vec<String>) {
        let (trial, tried) = self.first();
        let mut heading = vec![
            format!(
                "`virt-ra-tester explore --seed {} --steps {} --sequences 1`",
                self.seed, self.exploration.steps
            ),
            format!("agent: {}", self.crew.agent),
        ];
        let Some((breach, seen)) = Breach::worst(&tried.verdict) else {
            heading.push(format!("came to: {}", tried.verdict.severity));
            return (tried, heading);
        };
        let (tried, how) = self.narrowed(&trial, &tried, &breach, known);
        let seen = breach.seen(&tried.verdict).unwrap_or(seen);
        heading.extend([format!("found: {breach}: {seen}"), how]);
        (tried, heading)
    }

    /// The fewest moves that still show the breach, and how many runs it took to find them.
    fn narrowed(
        &self,
        trial: &Trial<'_>,
        tried: &Tried,
        breach: &Breach,
        known: &Known,
    ) -> (Tried, String) {
        let as_it_was = |why: String| (tried.clone(), format!("not shrunk: {why}"));
        if self.crew.interrupted.load(Ordering::Relaxed) {
            return as_it_was("interrupted".to_owned());
        }
        if let Some(seed) = known.claim(breach, self.seed) {
            return as_it_was(format!("seed {seed} shows the same"));
        }
        let whole = tried.played.moves.len();
        let (shortest, runs) = narrow(trial, breach, &tried.played.moves);
        let Some(shortest) = shortest else {
            known.release(breach);
            return as_it_was("it did not occur twice in a row".to_owned());
        };
        let left = shortest.played.moves.len();
        let how = format!("shrunk from {whole} moves to {left} in {runs} runs");
        (shortest, how)
    }

    /// Runs the sequence of the seed, and once more on a fresh lab if the first run had no verdict.
    fn first(&self) -> (Trial<'_>, Tried) {
        let play = |patience| {
            let (world, mut chance) =
                Chance::new(self.seed, self.exploration.steps, self.exploration.scope);
            let trial = self.trial(world, patience);
            let tried = trial.play(&mut chance);
            (trial, tried)
        };
        let first = play(Patience::NONE);
        if first.1.is_lost() && !self.crew.interrupted.load(Ordering::Relaxed) {
            play(Patience::from_history(&first.1.history))
        } else {
            first
        }
    }

    fn trial(&self, world: World, patience: Patience) -> Trial<'_> {
        Trial {
            id: &self.id,
            sentence: &self.sentence,
            world,
            patience,
            crew: self.crew,
        }
    }

    /// Saves everything and sends the event.
    fn keep(&self, mut tried: Tried, heading: &[String]) -> Result<(), String> {
        if let Some((breach, _)) = Breach::worst(&tried.verdict) {
            tried.spec.clause = breach.clauses;
        }
        let text = case_file(heading, &tried.spec);
        let below = format!("explored/seed-{}.yaml", self.seed);
        let write = self.crew.results.write(&below, text.as_bytes());
        write.map_err(|error| error.to_string())?;
        let kept = self.crew.keep(&tried.verdict, &tried.history);
        kept.map_err(|error| error.to_string())?;
        let diagnosis = match tried.verdict.severity {
            Severity::Pass => None,
            _ => Some(self.diagnosis(&below, &text, &tried)),
        };
        self.crew.send(Event::CaseEnded(Box::new(CaseEnd {
            verdict: tried.verdict,
            diagnosis,
            known: None,
            mended: false,
        })));
        Ok(())
    }

    /// The diagnosis: the finding, and the case that shows it.
    fn diagnosis(&self, below: &str, text: &str, tried: &Tried) -> String {
        let finding = match self.read_back(below, text) {
            Ok(case) => self.crew.diagnose(&case, &tried.verdict, &tried.history),
            // A sequence that ended before its first step is no case.
            Err(why) => why,
        };
        let case: String = text.lines().map(|line| format!("  | {line}\n")).collect();
        format!("{}\n\n{case}", finding.trim_end())
    }

    fn read_back(&self, below: &str, text: &str) -> Result<LoadedCase, String> {
        let file = self.crew.results.folder().join(below);
        let mut cases = load_text(below.as_ref(), text, None).map_err(|errors| {
            let errors = errors.iter().map(ToString::to_string);
            format!("{}: {}", self.id.0, errors.collect::<Vec<_>>().join("; "))
        })?;
        let case = cases.pop().ok_or_else(|| self.id.0.clone())?;
        Ok(LoadedCase { file, ..case })
    }
}
