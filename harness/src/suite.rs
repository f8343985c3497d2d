//! Runs cases side by side; under cargo by libtest-mimic, which this is the only file to name: one case, one trial.
//!
//! libtest-mimic filters, counts and threads; it has no setup, no time limits, no reasons and no
//! progress. Those live around it: leases of labs, deadlines in `drive`, skips in `plan`.

mod agenda;
mod crew;
mod keep;
mod lease;
mod once;
mod order;
mod usual;

use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use libtest_mimic::{Failed, Trial};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use agenda::Agenda;
pub use crew::Crew;
pub use keep::Keep;
pub(crate) use lease::on_a_lab;
pub(crate) use once::unknown;
pub use order::{Order, longest_first};

use crate::case::{LoadedCase, Suite};
use crate::judge::Severity;
use crate::lab::{LabPool, LabSpec, Lacks};
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, Plan, Profile, Selection, metadata_command};
use crate::report::{Results, ResultsError};

/// Runs the cases, side by side on as many labs as the pool has. Verdicts go out as events.
pub fn run(mut cases: Vec<LoadedCase>, crew: &Arc<Crew>, jobs: usize, order: Order) {
    order.arrange(&mut cases);
    let workers = threads(jobs).min(cases.len());
    let agenda = Agenda::new(cases);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                // One more than there are labs: it is ready when one of them is.
                let most = |equipment| crew.pool.most_alike(equipment) + 1;
                // A panic is a defect of ours, which must not take the other cases with it. This one has no verdict then.
                let act = |case: &LoadedCase| {
                    let _ = catch_unwind(AssertUnwindSafe(|| trial(case, crew)));
                };
                agenda.work(most, act);
            });
        }
    });
}

/// How many cases are begun for so many labs, some of which wait for a lab: while one is reset, another case is ready.
const fn threads(labs: usize) -> usize {
    labs + labs / 2
}

/// Runs the suite under `cargo test` or `cargo nextest run`, whose arguments it obeys, against the
/// reference agent. `binaries` is the folder of the workspace's programs.
#[must_use]
pub fn under_cargo(binaries: &Path) -> ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // libtest-mimic waits for ever on no threads.
    let asked = arguments.test_threads.map(|threads| threads.max(1));
    let (usual, most) = asked.map_or_else(|| (labs(), most_labs()), |jobs| (jobs, jobs));
    arguments.test_threads = Some(threads(most));
    match reference_trials(binaries, (usual, most), arguments.list) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(trouble) => {
            let _ = writeln!(std::io::stderr(), "Error: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// The memory in bytes that a lab may need: measured under TCG, it needs a quarter of it.
const LAB_MEMORY: u64 = 512 << 20;

/// How many files this program has open for a lab at most: 22 were counted while a case ran, which needs more for each
/// run of the agent beside others.
const LAB_FILES: u64 = 32;

/// How many labs this machine carries at any time: four a processor, for cases wait more than they compute, unless its
/// memory or this program's open files allow fewer.
#[must_use]
pub fn labs() -> usize {
    for_each_processor(4)
}

/// How many are worth their start in a run of a few seconds.
#[must_use]
pub fn few_labs() -> usize {
    for_each_processor(3)
}

/// How many it carries while most of the cases that run only wait.
#[must_use]
pub fn most_labs() -> usize {
    for_each_processor(8)
}

fn for_each_processor(labs: usize) -> usize {
    let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = nix::sys::sysinfo::sysinfo().map_or(u64::MAX, |system| system.ram_total());
    let held = usize::try_from(memory / LAB_MEMORY).unwrap_or(usize::MAX);
    let served = usize::try_from(allow_files() / LAB_FILES).unwrap_or(usize::MAX);
    (labs * processors).min(held).min(served).max(1)
}

/// Lets this program open as many files as its hard limit allows, whatever the caller's soft one; how many that are.
pub(crate) fn allow_files() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return u64::MAX;
    };
    match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    }
}

/// The cases of the reference agent, on that many labs as a rule and at most.
fn reference_trials(
    binaries: &Path,
    (usual, most): (usize, usize),
    list: bool,
) -> Result<Vec<Trial>, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let suite = Suite::shipped().map_err(|errors| words(&errors[0]))?;
    let agent = binaries.join("virt-reference-agent");
    let agent = Agent::find(&agent.display().to_string())
        .map_err(|error| format!("{error}; `cargo build --workspace` builds it"))?;
    let profile = Profile::of(&agent).map_err(|error| words(&error))?;
    // The reference agent is ours: it may be asked outside a lab, which `--list` should not have to build.
    let command = metadata_command(&agent, profile.dialect);
    let metadata = duct::cmd(&command.program, &command.args)
        .full_env(&command.env)
        .read();
    let advertised = Metadata::advertised(&metadata.map_err(|error| words(&error))?);
    let plan = Plan::new(
        &suite,
        &profile,
        &advertised,
        &Selection {
            lacks: Lacks::here(),
            ..Selection::default()
        },
    );
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, _)| Trial::test(id.0, || Ok(())).with_ignored_flag(true));
    let mut chosen = plan.chosen;
    if list {
        let named = chosen
            .into_iter()
            .map(|case| Trial::test(case.id.0, || Ok(())));
        return Ok(named.chain(skipped).collect());
    }
    let results = results_of_run(&binaries.join("conformance-results"));
    let results = results.map_err(|error| words(&error))?;
    let spec = LabSpec {
        program: binaries.join("virt-ra-tester"),
        ..LabSpec::default()
    }
    .showing(&agent.path);
    let pool = LabPool::elastic(usual, most, spec);
    // libtest-mimic itself says what happens.
    let (crew, _) = Crew::new(agent, profile, results, pool);
    let register = suite.register;
    let crew = Arc::new(Crew { register, ..crew });
    Order::LongestFirst.arrange(&mut chosen);
    Ok(trials(chosen, &crew).into_iter().chain(skipped).collect())
}

/// The folder of a run's results; under nextest, where every test is a process, one for all of its run.
fn results_of_run(root: &Path) -> Result<Results, ResultsError> {
    let Ok(run) = std::env::var("NEXTEST_RUN_ID") else {
        return Results::create(root);
    };
    match Results::named(root, &run) {
        Err(error) if error.source.kind() == ErrorKind::AlreadyExists => {
            Ok(Results::of_finished(&root.join(run)))
        }
        made => made,
    }
}

fn trials(cases: Vec<LoadedCase>, crew: &Arc<Crew>) -> Vec<Trial> {
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
    let (end, text) = once::carry_out(case, crew);
    if end.has_failed() && crew.fail_fast {
        crew.interrupted.store(true, Ordering::Relaxed);
    }
    if end.has_failed() || end.verdict.severity == Severity::Unknown {
        Err(text.into())
    } else {
        Ok(())
    }
}
