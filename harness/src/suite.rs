//! The bridge to libtest-mimic, and the only file that names it: one case, one trial.
//!
//! libtest-mimic filters, counts and threads; it has no setup, no time limits, no reasons and no
//! progress. Those live around it: leases of labs, deadlines in `drive`, skips in `plan`, and the
//! console on the channel of events. Its own lines go nowhere.

use std::cmp::Reverse;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Failed, Trial};

use crate::case::{CaseId, ClauseId, LoadedCase, Register, Suite};
use crate::drive::{self, Actors};
use crate::history::{History, Lock, What};
use crate::judge::{self, Facts, Known, Severity, Verdict};
use crate::lab::{Lab, LabError, LabPool, LabSpec};
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, OCF_ROOT, Plan, Profile, Selection};
use crate::report::{CaseEnd, Demand, Diagnosis, Event, Results, ResultsError, SourceLine};

/// Everything that the trials of one run share.
#[derive(Debug)]
pub struct Crew {
    /// The agent under test.
    pub agent: Agent,
    /// How it is spoken to.
    pub profile: Profile,
    /// The register of clauses, for the reports.
    pub register: Register,
    /// Where the results go.
    pub results: Results,
    /// The labs.
    pub pool: LabPool,
    /// Who is told what happens.
    pub events: Mutex<Sender<Event>>,
    /// The command that runs chosen cases again, without their names.
    pub again: String,
    /// Whether to skip what is left once a case has failed.
    pub fail_fast: bool,
    /// Set from outside to end the run at the next wait.
    pub interrupted: &'static AtomicBool,
}

/// Runs the cases, side by side on as many labs as the pool has. Verdicts go out as events.
pub fn run(cases: Vec<LoadedCase>, crew: &Arc<Crew>, jobs: usize) {
    let arguments = libtest_mimic::Arguments {
        test_threads: Some(jobs.max(1)),
        // Silences libtest-mimic, which still counts and threads: the console is ours.
        logfile: Some("/dev/null".into()),
        ..Default::default()
    };
    // Its own conclusion knows no `unknown`; ours is made of the events.
    let _ = libtest_mimic::run(&arguments, trials(cases, crew));
}

/// Runs the suite under `cargo test` or `cargo nextest run`, whose arguments it obeys, against the
/// reference agent. `binaries` is the folder of the workspace's programs.
#[must_use]
pub fn under_cargo(binaries: &Path) -> ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    let jobs = arguments.test_threads.unwrap_or_else(labs).max(1);
    // libtest-mimic waits for ever on no threads.
    arguments.test_threads = Some(jobs);
    match reference_trials(binaries, jobs) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(trouble) => {
            let _ = writeln!(std::io::stderr(), "Error: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// How many labs this machine carries: two a processor, for cases wait more than they compute.
#[must_use]
pub fn labs() -> usize {
    2 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn reference_trials(binaries: &Path, jobs: usize) -> Result<Vec<Trial>, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let suite = Suite::shipped().map_err(|errors| words(&errors[0]))?;
    let agent = binaries.join("virt-reference-agent");
    let agent = Agent::find(&agent.display().to_string())
        .map_err(|error| format!("{error}; `cargo build --workspace` builds it"))?;
    let profile = Profile::of(&agent).map_err(|error| words(&error))?;
    // The reference agent is ours: it may be asked outside a lab, which `--list` should not have to build.
    let metadata = duct::cmd!(&agent.path, "meta-data")
        .env("OCF_ROOT", OCF_ROOT)
        .read();
    let advertised = Metadata::advertised(&metadata.map_err(|error| words(&error))?);
    let plan = Plan::new(
        &suite,
        &profile,
        &advertised,
        &Selection::default().on_this_machine(),
    );
    let root = binaries.join("conformance-results");
    let results = Results::create(&root).map_err(|error| words(&error))?;
    let spec = LabSpec {
        program: binaries.join("virt-ra-tester"),
        ..LabSpec::default()
    }
    .showing(&agent.path);
    let crew = Arc::new(Crew {
        again: "virt-ra-tester run".to_owned(),
        agent,
        profile,
        register: suite.register,
        results,
        pool: LabPool::new(jobs, spec),
        // libtest-mimic itself tells what happens.
        events: Mutex::new(channel().0),
        fail_fast: false,
        interrupted: &NEVER,
    });
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, _)| Trial::test(id.0, || Ok(())).with_ignored_flag(true));
    let chosen = plan
        .chosen
        .into_iter()
        .map(|planned| planned.case)
        .collect();
    Ok(trials(chosen, &crew).into_iter().chain(skipped).collect())
}

/// Under cargo nobody interrupts: the process is killed, and its labs end with it.
static NEVER: AtomicBool = AtomicBool::new(false);

fn trials(mut cases: Vec<LoadedCase>, crew: &Arc<Crew>) -> Vec<Trial> {
    // The longest first: begun last, they would keep one lab busy while the others stand idle. Those with
    // a lock before all others and each lock's together, since another lock takes another lab.
    cases.sort_by_key(|case| {
        (
            Reverse(case.spec.needs.lock),
            Reverse(case.spec.longest_waits()),
        )
    });
    let trial = |case: LoadedCase| {
        let crew = Arc::clone(crew);
        Trial::test(case.id.0.clone(), move || trial(&case, &crew))
    };
    cases.into_iter().map(trial).collect()
}

fn trial(case: &LoadedCase, crew: &Crew) -> Result<(), Failed> {
    if crew.interrupted.load(Ordering::Relaxed) {
        return Ok(());
    }
    let (verdict, text) = carry_out(case, crew);
    let failed = verdict.severity == Severity::Fail;
    if failed && crew.fail_fast {
        crew.interrupted.store(true, Ordering::Relaxed);
    }
    let conclusive = verdict.severity != Severity::Unknown;
    if failed || !conclusive {
        Err(text.into())
    } else {
        Ok(())
    }
}

/// Runs one case with all its repetitions and writes down what came of it. The text is its diagnosis.
fn carry_out(case: &LoadedCase, crew: &Crew) -> (Verdict, String) {
    crew.tell(Event::CaseStarted {
        id: case.id.clone(),
    });
    let begun = crew.results.begin_case(&case.id);
    let (verdict, history) = match begun {
        Ok(_) => worst_of(case, crew),
        Err(error) => (unknown(&case.id, &error.to_string()), History::default()),
    };
    let verdict = match crew.keep(&verdict, &history) {
        Ok(()) => verdict,
        Err(error) => unknown(&case.id, &error.to_string()),
    };
    let text = crew.diagnose(case, &verdict, &history);
    let told = verdict.severity != Severity::Pass;
    let known = Known::of(&verdict, &crew.profile.deviations);
    crew.tell(Event::CaseEnded(Box::new(CaseEnd {
        verdict: verdict.clone(),
        diagnosis: told.then(|| text.clone()),
        known: match &known {
            Known::Yes(deviation) => Some(deviation.reason.clone()),
            Known::No | Known::Mended(_) => None,
        },
        mended: matches!(known, Known::Mended(_)),
    })));
    (verdict, text)
}

fn worst_of(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let mut worst: Option<(Verdict, History)> = None;
    for _ in 0..case.spec.repeat.max(1) {
        let next = once_or_again(case, crew);
        let bad = next.0.severity > Severity::Warn;
        if worst
            .as_ref()
            .is_none_or(|(verdict, _)| next.0.severity > verdict.severity)
        {
            worst = Some(next);
        }
        if bad {
            break;
        }
    }
    worst.unwrap_or_else(|| {
        (
            unknown(&case.id, "the case was not run"),
            History::default(),
        )
    })
}

/// One run of a case; a second one on a fresh lab when the first came to nothing. A finding against
/// the agent is never run again: one that passes the second time is a finding all the same.
fn once_or_again(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let first = once(case, crew);
    let lost = first.0.severity == Severity::Unknown;
    if lost && !crew.interrupted.load(Ordering::Relaxed) {
        once(case, crew)
    } else {
        first
    }
}

fn once(case: &LoadedCase, crew: &Crew) -> (Verdict, History) {
    let acted = on_a_lab(&case.id, case.spec.needs.lock, crew, &mut |lab, actors| {
        drive::perform(&case.spec, lab, actors)
    });
    match acted {
        Ok(history) => (
            judge::judge(&case.id, &case.spec, &history, &crew.facts()),
            history,
        ),
        Err(why) => (unknown(&case.id, &why), History::default()),
    }
}

/// What is done on a lab.
type Acts<'a> = dyn FnMut(&Lab, Actors<'_>) -> History + 'a;

/// Carries something out on a lab of the pool; the steps are told under that id.
///
/// # Errors
/// When no lab comes up, or the harness panics: a sentence.
pub(crate) fn on_a_lab(
    id: &CaseId,
    lock: Option<Lock>,
    crew: &Crew,
    act: &mut Acts<'_>,
) -> Result<History, String> {
    // A panic of ours must not look like a finding, nor take the lab with it.
    match catch_unwind(AssertUnwindSafe(|| leased(id, lock, crew, act))) {
        Ok(acted) => acted.map_err(|error| error.to_string()),
        Err(_) => Err("the harness panicked".to_owned()),
    }
}

fn leased(
    id: &CaseId,
    lock: Option<Lock>,
    crew: &Crew,
    act: &mut Acts<'_>,
) -> Result<History, LabError> {
    let lease = crew.pool.lease(lock)?;
    let on_step = |text: &str| {
        crew.tell(Event::StepBegan {
            id: id.clone(),
            text: text.to_owned(),
        });
    };
    let actors = Actors {
        agent: &crew.agent,
        profile: &crew.profile,
        interrupted: crew.interrupted,
        on_step: &on_step,
    };
    let history = act(&lease, actors);
    if history
        .entries
        .iter()
        .any(|entry| matches!(entry.what, What::Trouble { .. }))
    {
        // A lab in which something went wrong is not trusted with another case.
        lease.discard();
    }
    Ok(history)
}

/// A verdict that says nothing of the agent, and why.
pub(crate) fn unknown(id: &CaseId, seen: &str) -> Verdict {
    let finding = judge::Finding {
        severity: Severity::Unknown,
        clauses: Vec::new(),
        place: "lab".into(),
        at: None,
        node: None,
        expected: "a lab that can carry the case out".into(),
        seen: seen.to_owned(),
    };
    Verdict::of(id.clone(), vec![finding], Vec::new())
}

impl Crew {
    /// Tells whoever listens what happened.
    pub fn tell(&self, event: Event) {
        // Nobody listens any more when the console has gone; the results on disk are what counts.
        let _ = self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(event);
    }

    /// What the judge must know of the agent.
    pub(crate) fn facts(&self) -> Facts {
        Facts::of(&self.profile).for_agent(&self.agent.name)
    }

    /// Keeps a verdict and the history that it is made of.
    pub(crate) fn keep(&self, verdict: &Verdict, history: &History) -> Result<(), ResultsError> {
        self.results.keep_history(&verdict.case, history)?;
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
