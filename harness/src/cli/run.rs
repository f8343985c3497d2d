//! `run`: the main job.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::select::{Candidate, Source};
use super::tell::tell;
use super::{Exit, Failure, metadata};
use crate::case::{Level, Suite};
use crate::lab::{self, Accel, Boots, LabPool, LabSpec};
use crate::plan::{Agent, Plan, Profile, Selection};
use crate::report::{Event, Results, RunStart, Skip};
use crate::suite::{self, Crew};

/// Set by Ctrl-C, SIGTERM or `--fail-fast`: every case ends at its next wait.
pub(super) static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long the witness guest may take to boot: under TCG it needs a few tenths of a second.
pub(super) const BOOT_PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run the cases whose id contains one of these; `=ID` is one case
    filters: Vec<String>,
    #[command(flatten)]
    candidate: Candidate,
    #[command(flatten)]
    source: Source,
    /// How many labs side by side; by default twice as many as there are processors
    #[arg(long, value_name = "N", value_parser = number_of_labs)]
    jobs: Option<NonZeroUsize>,
    /// The weakest demands to judge
    #[arg(long, value_enum, default_value = "may")]
    level: Weakest,
    /// Where the results go
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    /// End the run at the first failure
    #[arg(long)]
    fail_fast: bool,
}

pub(super) fn number_of_labs(asked: &str) -> Result<NonZeroUsize, &'static str> {
    asked
        .parse()
        .map_err(|_| "it takes at least 1 lab to run cases, written as a number")
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Weakest {
    Must,
    Should,
    May,
}

impl From<Weakest> for Level {
    fn from(weakest: Weakest) -> Self {
        match weakest {
            Weakest::Must => Self::Must,
            Weakest::Should => Self::Should,
            Weakest::May => Self::May,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let (agent, profile) = arguments.candidate.find()?;
    let selection = Selection {
        filters: arguments.filters.clone(),
        level: Some(arguments.level.into()),
        post_copy: lab::can_post_copy(),
        ..Selection::default()
    };
    // Before any lab: what cannot come to anything should not take three seconds to say so.
    refuse_nothing(&suite, &profile, &selection)?;
    lab::check().map_err(|error| Failure::inconclusive(error.to_string()))?;
    listen()?;
    let results =
        Results::create(&arguments.report).map_err(|error| Failure::usage(error.to_string()))?;
    let jobs = jobs(arguments.jobs);
    be_patient();
    let pool = LabPool::new(jobs, lab_for(&agent));
    let advertised = metadata::advertised(&pool, &agent).map_err(|error| {
        results.withdraw();
        Failure::inconclusive(error.to_string())
    })?;
    let plan = Plan::new(&suite, &profile, &advertised, &selection);
    let (events, received) = channel();
    let crew = Arc::new(Crew {
        again: arguments.candidate.again(),
        agent,
        profile,
        register: suite.register.clone(),
        results: results.clone(),
        pool,
        events: Mutex::new(events),
        fail_fast: arguments.fail_fast,
        interrupted: &INTERRUPTED,
    });
    let telling =
        tell(&results, suite, received, &INTERRUPTED).inspect_err(|_| results.withdraw())?;
    carry_out(plan, &crew, jobs);
    drop(crew);
    telling
        .join()
        .map_err(|_| Failure::inconclusive("the report panicked"))?
}

/// On a terminal: says what the first seconds go to, in which nothing else is seen.
pub(super) fn be_patient() {
    let mut err = std::io::stderr();
    if err.is_terminal() && std::io::stdout().is_terminal() {
        let _ = writeln!(err, "building a lab, and asking the agent what it can do");
    }
}

/// Every filter has to fit a case that the level leaves in: one that does not is a slip.
fn refuse_nothing(suite: &Suite, profile: &Profile, wanted: &Selection) -> Result<(), Failure> {
    let fits = |filters: &[String]| {
        let one = Selection {
            filters: filters.to_vec(),
            ..wanted.clone()
        };
        let plan = Plan::new(suite, profile, &[], &one);
        !plan.chosen.is_empty() || !plan.skipped.is_empty()
    };
    let nothing = |what: String| {
        let message = format!("{what}; `virt-ra-tester list` shows the cases and their levels");
        let exit = Exit::NothingSelected;
        Failure { exit, message }
    };
    let slip = wanted.filters.chunks(1).find(|filter| !fits(filter));
    match slip {
        Some(filter) => Err(nothing(format!("no case fits `{}`", filter.concat()))),
        None if !fits(&wanted.filters) => Err(nothing("no case is of that level".to_owned())),
        None => Ok(()),
    }
}

/// A lab in which the agent is found, wherever it lies.
pub(super) fn lab_for(agent: &Agent) -> LabSpec {
    let spec = LabSpec {
        accel: accelerator(),
        ..LabSpec::default()
    };
    // Beside this program lies the bundled agent, around which others may be wrapped.
    let beside = spec.program.parent().map(std::path::Path::to_owned);
    beside
        .into_iter()
        .fold(spec, |spec, folder| spec.showing(&folder))
        .showing(&agent.path)
}

/// Runs what the plan chose; every listener hears of it.
fn carry_out(plan: Plan, crew: &Arc<Crew>, jobs: usize) {
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, reason)| Skip { id, reason })
        .collect();
    let chosen: Vec<_> = plan
        .chosen
        .into_iter()
        .map(|planned| planned.case)
        .collect();
    let start = RunStart {
        total: chosen.len(),
        skipped,
        ..RunStart::default()
    };
    conduct(start, crew, jobs, || suite::run(chosen, crew, jobs));
}

/// Tells every listener that it begins, does it, and tells that it is over.
pub(super) fn conduct(start: RunStart, crew: &Crew, jobs: usize, act: impl FnOnce()) {
    let began = Instant::now();
    crew.tell(Event::RunStarted(RunStart {
        agent: crew.agent.to_string(),
        profile: crew.profile.name.clone(),
        lab: match jobs {
            1 => "1 local lab".to_owned(),
            many => format!("{many} local labs"),
        },
        versions: versions(),
        again: crew.again.clone(),
        ..start
    }));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| watch(crew, &over));
        act();
        over.store(true, Ordering::Relaxed);
    });
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let results = Some(crew.results.folder().display().to_string());
    crew.tell(Event::RunEnded { took, results });
}

/// Tells of an interruption as soon as it comes: the actions that are running may take a while to end.
fn watch(crew: &Crew, over: &AtomicBool) {
    let interrupted = || INTERRUPTED.load(Ordering::Relaxed) && !crew.fail_fast;
    while !over.load(Ordering::Relaxed) && !interrupted() {
        thread::sleep(Duration::from_millis(20));
    }
    if interrupted() {
        crew.tell(Event::Interrupted);
    }
}

fn versions() -> BTreeMap<String, String> {
    let own = env!("CARGO_PKG_VERSION").to_owned();
    let mut versions = BTreeMap::from([("virt-ra-tester".to_owned(), own)]);
    for (name, program) in [("libvirt", "libvirtd"), ("QEMU", "qemu-system-x86_64")] {
        let said = duct::cmd!(program, "--version")
            .stderr_null()
            .unchecked()
            .read();
        let line = said
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        versions.insert(name.to_owned(), line);
    }
    versions
}

/// What runs the guests' processors: KVM only where a guest has been seen to run under it.
fn accelerator() -> Accel {
    Boots::measure(BOOT_PATIENCE).best()
}

pub(super) fn jobs(asked: Option<NonZeroUsize>) -> usize {
    asked.map_or_else(suite::labs, NonZeroUsize::get)
}

/// Lets Ctrl-C and SIGTERM end the run at the next wait. A second one changes nothing: the labs end with
/// this process in any case, whatever kills it.
pub(super) fn listen() -> Result<(), Failure> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::inconclusive(format!("signals cannot be caught: {error}")))
}
