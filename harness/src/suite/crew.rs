//! What the trials of one run share, and how each of them sends events and saves results.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::Keep;
use crate::case::{ClauseId, LoadedCase, Register};
use crate::history::History;
use crate::judge::{AgentFacts, Severity, Verdict};
use crate::lab::LabPool;
use crate::plan::{Agent, Profile};
use crate::report::{Demand, Diagnosis, Event, Results, ResultsError, SourceLine};

/// Of a run that nothing interrupts, as under cargo: the process is killed, and its labs end with it.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Everything that the trials of one run share.
#[derive(Debug)]
pub struct Crew {
    /// The agent under test.
    pub agent: Agent,
    /// The package that it was unpacked from, with its version.
    pub package: Option<String>,
    /// The profile that it is called by.
    pub profile: Profile,
    /// The register of clauses, for the reports.
    pub register: Register,
    /// Where the results go.
    pub results: Results,
    /// The labs.
    pub pool: LabPool,
    /// Where events go.
    pub events: Mutex<Sender<Event>>,
    /// The command that runs chosen cases again, without their names.
    pub again: String,
    /// Whether the histories of cases that pass are kept.
    pub keeps_passed: bool,
    /// Whether to skip what is left once a case has failed.
    pub fail_fast: bool,
    /// Whether the lab of a failed case is kept for a look.
    pub keep: Keep,
    /// Set from outside to end the run at the next wait.
    pub interrupted: &'static AtomicBool,
    /// The kinds of what the agent leaves behind in any life of a guest, once somebody had to know.
    pub usual_leftovers: OnceLock<BTreeSet<String>>,
}

impl Crew {
    /// What the trials of a run share, with the receiver of its events. Nothing interrupts it, and no lab is kept.
    #[must_use]
    pub fn new(
        agent: Agent,
        profile: Profile,
        results: Results,
        pool: LabPool,
    ) -> (Self, Receiver<Event>) {
        let (events, received) = channel();
        let crew = Self {
            agent,
            package: None,
            profile,
            register: Register::default(),
            results,
            pool,
            events: Mutex::new(events),
            again: "virt-ra-tester run".to_owned(),
            keeps_passed: true,
            fail_fast: false,
            keep: Keep::default(),
            interrupted: &NEVER,
            usual_leftovers: OnceLock::new(),
        };
        (crew, received)
    }

    /// Sends an event to the reporters.
    pub fn send(&self, event: Event) {
        // Nobody listens any more when the console has gone; the results on disk are what counts.
        let _ = self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(event);
    }

    /// What the judge must know of the agent.
    pub(crate) fn facts(&self) -> AgentFacts {
        AgentFacts::of(&self.profile).for_agent(&self.agent.name)
    }

    /// Keeps a verdict and the history that it is made of, where that is kept.
    pub(crate) fn keep(&self, verdict: &Verdict, history: &History) -> Result<(), ResultsError> {
        if self.keeps_passed || verdict.severity != Severity::Pass {
            self.results.keep_history(&verdict.case, history)?;
        }
        self.results.keep_verdict(verdict)
    }

    /// The verdict as text for people.
    pub(crate) fn diagnose(
        &self,
        case: &LoadedCase,
        verdict: &Verdict,
        history: &History,
    ) -> String {
        let demand = |id: &ClauseId| {
            let clause = self.register.find(id)?;
            Some(Demand {
                text: clause.text.clone(),
                source: clause.source.clone(),
            })
        };
        Diagnosis {
            verdict,
            sentence: &case.spec.case,
            history,
            demand: &demand,
            locate: &|place| SourceLine::of(case, place),
            again: &format!("{} ={}", self.again, case.id.0),
        }
        .text()
    }
}
