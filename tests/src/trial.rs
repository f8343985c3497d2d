//! Running faulty agents: one case on one lab, and what it said.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::thread;

use virt_ra_tester::case::{CaseSpec, LoadedCase, Suite};
use virt_ra_tester::drive::{self, Actors, Patience};
use virt_ra_tester::equipment::Equipment;
use virt_ra_tester::history::What;
use virt_ra_tester::judge::{AgentFacts, Severity, Verdict, judge};
use virt_ra_tester::lab::{LabError, LabPool, LabSpec, lacking};
use virt_ra_tester::ocf::metadata::Metadata;
use virt_ra_tester::plan::{Agent, Filter, Plan, Profile, ProfileError, Selection, ask_metadata};
use virt_ra_tester::suite::{labs, longest_first, most_labs};

use crate::faulty::{FaultyAgent, is_caught};

/// The tests are killed, not interrupted, and their labs end with them.
static NEVER: AtomicBool = AtomicBool::new(false);

/// A faulty agent that is ready to run, with its cases.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// What it is.
    pub faulty: &'a FaultyAgent,
    /// Its file.
    pub agent: Agent,
    /// How it is spoken to.
    pub profile: Profile,
    /// The cases that must catch it.
    pub cases: Vec<&'a LoadedCase>,
}

impl<'a> Prepared<'a> {
    /// Writes the agent below `place`, to be tried under these cases.
    ///
    /// # Errors
    /// When it cannot be written, or there is no such profile.
    pub fn new(
        faulty: &'a FaultyAgent,
        cases: Vec<&'a LoadedCase>,
        place: &Path,
        binaries: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        let file = faulty.write(place, binaries)?;
        Ok(Self {
            faulty,
            agent: Agent::find(&file.display().to_string())?,
            profile: profile(&faulty.profile)?,
            cases,
        })
    }
}

impl Prepared<'_> {
    /// Whether this machine lacks what every lab for it must have.
    #[must_use]
    pub fn has_no_lab(&self) -> bool {
        let parts = self.profile.lab_equipment();
        let mut parts = parts.parts();
        parts.any(|part| lacking(part).is_some())
    }
}

/// The built-in profile of that name, or the one in that file of `tests/profiles`.
///
/// # Errors
/// When there is no such profile.
pub fn profile(name: &str) -> Result<Profile, ProfileError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
    match name.ends_with(".yaml") {
        true => Profile::named(&folder.join(name).to_string_lossy()),
        false => Profile::builtin(name),
    }
}

/// What one case said of one faulty agent.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether the case caught it.
    pub caught: bool,
    /// How severe the verdict was.
    pub severity: Severity,
    /// The pair, the fault, and everything that was found, for people.
    pub text: String,
}

fn spec(binaries: &Path, place: &Path) -> LabSpec {
    let spec = LabSpec {
        program: binaries.join("virt-ra-tester"),
        ..LabSpec::default()
    };
    spec.showing(binaries).showing(place)
}

/// The labs in which faulty agents are tried.
#[derive(Debug)]
pub struct Labs {
    pool: LabPool,
}

impl Labs {
    /// As many labs as this machine carries; `binaries` is the folder with the programs of the workspace, `place` that
    /// with the faulty agents.
    #[must_use]
    pub fn new(binaries: &Path, place: &Path) -> Self {
        Self {
            pool: LabPool::elastic(labs(), most_labs(), spec(binaries, place)),
        }
    }

    /// A single lab.
    #[must_use]
    pub fn one(binaries: &Path, place: &Path) -> Self {
        Self {
            pool: LabPool::new(1, spec(binaries, place)),
        }
    }

    /// The first of an agent's cases that catches it twice, and does not catch the good agent behind it.
    #[must_use]
    pub fn first_to_catch<'a>(
        &self,
        agent: &Prepared<'a>,
        good: &Prepared<'_>,
    ) -> Option<&'a LoadedCase> {
        let catches = |agent, case: &LoadedCase| {
            let tried = self.carry_out(agent, case, &Patience::NONE);
            tried.is_ok_and(|(verdict, _)| is_caught(case.spec.level, &verdict))
        };
        let passes = |agent, case: &LoadedCase| {
            let tried = self.carry_out(agent, case, &Patience::NONE);
            tried.is_ok_and(|(verdict, _)| verdict.severity == Severity::Pass)
        };
        let mut cases = agent.cases.iter().copied();
        cases.find(|case| catches(agent, case) && passes(good, case) && catches(agent, case))
    }

    /// Tries every agent under each of its cases; `hear` gets each as soon as it is over.
    pub fn try_all(&self, agents: &[Prepared<'_>], hear: &(dyn Fn(Judgement) + Sync)) {
        let pairs = agents
            .iter()
            .flat_map(|agent| agent.cases.iter().map(move |case| (agent, *case)));
        let mut pairs: Vec<_> = pairs.collect();
        let durations = Suite::shipped().map(|suite| suite.durations);
        let durations = durations.unwrap_or_default();
        let common = Equipment::default();
        longest_first(&mut pairs, &durations, common, |(_, case)| case);
        let queue = Mutex::new(pairs.into_iter());
        let next = || queue.lock().ok()?.next();
        thread::scope(|scope| {
            for _ in 0..most_labs() {
                scope.spawn(|| {
                    while let Some((agent, case)) = next() {
                        hear(self.try_one(agent, case));
                    }
                });
            }
        });
    }

    /// One case, and once more on a fresh lab if there was no verdict the first time: a case that misses a fault now
    /// and then does not prove it. What both said is kept.
    fn try_one(&self, agent: &Prepared<'_>, case: &LoadedCase) -> Judgement {
        let once = |patience: &Patience| match self.carry_out(agent, case, patience) {
            Ok((verdict, patience)) => (Judgement::of(agent, case, &verdict), patience),
            Err(error) => (
                Judgement::trouble(agent, case, &error.to_string()),
                Patience::NONE,
            ),
        };
        let (first, patience) = once(&Patience::NONE);
        if first.severity != Severity::Unknown {
            return first;
        }
        let (second, _) = once(&patience);
        Judgement {
            text: format!("{}second try: {}", first.text, second.text),
            ..second
        }
    }

    /// What the case says, and the time that the agent asks for where it overran what the case gave.
    fn carry_out(
        &self,
        agent: &Prepared<'_>,
        case: &LoadedCase,
        patience: &Patience,
    ) -> Result<(Verdict, Patience), LabError> {
        let spec = CaseSpec {
            needs: case.spec.needs.with(&agent.profile.lab_equipment()),
            ..case.spec.clone()
        };
        let lease = self.pool.lease(Equipment::from(&spec.needs))?;
        let actors = Actors {
            agent: &agent.agent,
            profile: &agent.profile,
            patience,
            interrupted: &NEVER,
            on_step: &|_| {},
        };
        let history = drive::perform(&spec, &lease, actors);
        let trouble = |what: &What| matches!(what, What::Trouble { .. });
        if history.entries.iter().any(|entry| trouble(&entry.what)) {
            lease.discard();
        }
        let facts = AgentFacts::of(&agent.profile);
        let verdict = judge(&case.id, &case.spec, &history, &facts);
        Ok((verdict, Patience::from_history(&history)))
    }

    /// Why the harness would skip one of the agents' cases, a sentence for each.
    ///
    /// # Errors
    /// When no lab comes up.
    pub fn skipped(&self, agents: &[Prepared<'_>], suite: &Suite) -> Result<Vec<String>, LabError> {
        let lease = self.pool.lease(Equipment::default())?;
        let mut skipped = Vec::new();
        for agent in agents.iter().filter(|agent| !agent.cases.is_empty()) {
            let wanted = Selection {
                filters: agent
                    .cases
                    .iter()
                    .map(|case| Filter::exactly(&case.id))
                    .collect(),
                ..Selection::default()
            };
            let advertised = match lease.nodes().first() {
                Some(node) => Metadata::advertised(&ask_metadata(
                    &**node,
                    &agent.agent,
                    agent.profile.dialect,
                )?),
                None => Vec::new(),
            };
            let plan = Plan::new(suite, &agent.profile, &advertised, &wanted);
            let reasons = plan.skipped.into_iter();
            skipped.extend(reasons.map(|(id, why)| {
                format!("{}: {} would be skipped: {why}", agent.faulty.name, id.0)
            }));
        }
        Ok(skipped)
    }
}

impl Judgement {
    fn of(agent: &Prepared<'_>, case: &LoadedCase, verdict: &Verdict) -> Self {
        let word = match verdict.severity {
            Severity::Pass => "passed",
            Severity::Warn => "warned of",
            Severity::Unknown => "could not judge",
            Severity::Fail => "failed",
        };
        let findings = verdict.findings.iter().map(|finding| {
            let (level, place) = (finding.severity, &finding.place);
            format!(
                "  {level:?} {place}: {}; seen: {}",
                finding.expected, finding.seen
            )
        });
        let notes = verdict.notes.iter().map(|note| format!("  note {note}"));
        let lines: Vec<_> = findings.chain(notes).collect();
        Self {
            caught: is_caught(case.spec.level, verdict),
            severity: verdict.severity,
            text: format!("{}\n{}\n", head(agent, case, word), lines.join("\n")),
        }
    }

    fn trouble(agent: &Prepared<'_>, case: &LoadedCase, error: &str) -> Self {
        Self {
            caught: false,
            severity: Severity::Unknown,
            text: format!("{}\n  {error}\n", head(agent, case, "had no lab for")),
        }
    }
}

fn head(agent: &Prepared<'_>, case: &LoadedCase, word: &str) -> String {
    format!(
        "{} {word} {} ({})",
        case.id.0, agent.faulty.name, agent.faulty.fault
    )
}
