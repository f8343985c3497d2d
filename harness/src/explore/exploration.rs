//! Many sequences side by side. Those in which an invariant breaks are shrunk, and all go into the results.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::breach::Breach;
use super::by_hand::ByHand;
use super::chance::Scope;
use super::cluster::InCluster;
use super::narrow::narrow;
use super::trial::{Named, Trial, Tried};
use super::writing::case_file;
use crate::case::{CaseId, CaseSpec, LoadedCase, load_text};
use crate::drive::Patience;
use crate::history::History;
use crate::judge::{Severity, Verdict};
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
    /// Whether a real Pacemaker is around the agent, and decides what is done.
    pub in_cluster: bool,
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

/// What a sequence came to, whatever its moves are.
struct Concluded {
    spec: CaseSpec,
    history: History,
    verdict: Verdict,
    /// Comments for its case file.
    heading: Vec<String>,
}

/// One sequence, from its seed to its results.
struct SequenceRun<'a> {
    exploration: &'a Exploration,
    crew: &'a Crew,
    seed: u64,
    named: Named,
}

impl<'a> SequenceRun<'a> {
    fn new(exploration: &'a Exploration, crew: &'a Crew, seed: u64) -> Self {
        let named = Named {
            id: CaseId(format!("explored::seed-{seed}")),
            sentence: format!("no invariant breaks in what may happen by seed {seed}"),
        };
        Self {
            exploration,
            crew,
            seed,
            named,
        }
    }

    fn run(&self, known: &Known) {
        let id = self.named.id.clone();
        self.crew.send(Event::CaseStarted { id });
        let trouble = match self.crew.results.begin_case(&self.named.id) {
            Ok(_) => self.keep(self.conclude(known)),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = trouble {
            self.crew.send(Event::CaseEnded(Box::new(CaseEnd {
                verdict: suite::unknown(&self.named.id, &why),
                diagnosis: Some(why),
                known: None,
                mended: false,
            })));
        }
    }

    /// Runs the sequence, and shrinks it if an invariant broke.
    fn conclude(&self, known: &Known) -> Concluded {
        let Exploration { steps, scope, .. } = *self.exploration;
        let asked = (self.seed, steps, scope);
        match self.exploration.in_cluster {
            true => self.concluded(known, |patience| {
                InCluster::first(asked, &self.named, self.crew, patience)
            }),
            false => self.concluded(known, |patience| {
                ByHand::first(asked, &self.named, self.crew, patience)
            }),
        }
    }

    fn concluded<T: Trial>(
        &self,
        known: &Known,
        play: impl Fn(Patience) -> (T, Tried<T::Move>),
    ) -> Concluded {
        let (trial, mut tried) = self.first(play);
        let cluster = if self.exploration.in_cluster {
            " --cluster"
        } else {
            ""
        };
        let mut heading = vec![
            format!(
                "`virt-ra-tester explore{cluster} --seed {} --steps {} --sequences 1`",
                self.seed, self.exploration.steps
            ),
            format!("agent: {}", self.crew.agent),
        ];
        if let Some((breach, seen)) = Breach::worst(&tried.verdict) {
            let (shown, how) = self.narrowed(&trial, tried, &breach, known);
            tried = shown;
            let seen = breach.seen(&tried.verdict).unwrap_or(seen);
            heading.extend([format!("found: {breach}: {seen}"), how]);
        } else {
            heading.push(format!("came to: {}", tried.verdict.severity));
        }
        Concluded {
            spec: tried.spec,
            history: tried.history,
            verdict: tried.verdict,
            heading,
        }
    }

    /// The fewest moves that still show the breach, and how many runs it took to find them.
    fn narrowed<T: Trial>(
        &self,
        trial: &T,
        tried: Tried<T::Move>,
        breach: &Breach,
        known: &Known,
    ) -> (Tried<T::Move>, String) {
        let why = if self.crew.interrupted.load(Ordering::Relaxed) {
            "interrupted".to_owned()
        } else if let Some(seed) = known.claim(breach, self.seed) {
            format!("seed {seed} shows the same")
        } else {
            let whole = tried.moves.len();
            let (shortest, runs) = narrow(trial, breach, &tried.moves);
            if let Some(shortest) = shortest {
                let left = shortest.moves.len();
                let how = format!("shrunk from {whole} moves to {left} in {runs} runs");
                return (shortest, how);
            }
            known.release(breach);
            "it did not occur twice in a row".to_owned()
        };
        (tried, format!("not shrunk: {why}"))
    }

    /// Runs the sequence of the seed, and once more on a fresh lab if the first run had no verdict.
    fn first<T: Trial>(
        &self,
        play: impl Fn(Patience) -> (T, Tried<T::Move>),
    ) -> (T, Tried<T::Move>) {
        let first = play(Patience::NONE);
        if first.1.is_lost() && !first.0.is_interrupted() {
            play(Patience::from_history(&first.1.history))
        } else {
            first
        }
    }

    /// Saves everything and sends the event.
    fn keep(&self, mut came: Concluded) -> Result<(), String> {
        if let Some((breach, _)) = Breach::worst(&came.verdict) {
            came.spec.clause = breach.clauses;
        }
        let text = case_file(&came.heading, &came.spec);
        let below = format!("explored/seed-{}.yaml", self.seed);
        let write = self.crew.results.write(&below, text.as_bytes());
        write.map_err(|error| error.to_string())?;
        let kept = self.crew.keep(&came.verdict, &came.history);
        kept.map_err(|error| error.to_string())?;
        let diagnosis = match came.verdict.severity {
            Severity::Pass => None,
            _ => Some(self.diagnosis(&below, &text, &came)),
        };
        self.crew.send(Event::CaseEnded(Box::new(CaseEnd {
            verdict: came.verdict,
            diagnosis,
            known: None,
            mended: false,
        })));
        Ok(())
    }

    /// The diagnosis: the finding, and the case that shows it.
    fn diagnosis(&self, below: &str, text: &str, came: &Concluded) -> String {
        let finding = match self.read_back(below, text) {
            Ok(case) => self.crew.diagnose(&case, &came.verdict, &came.history),
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
            format!(
                "{}: {}",
                self.named.id.0,
                errors.collect::<Vec<_>>().join("; ")
            )
        })?;
        let case = cases.pop().ok_or_else(|| self.named.id.0.clone())?;
        Ok(LoadedCase { file, ..case })
    }
}
