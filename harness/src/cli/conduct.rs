//! What every command that works on labs does around its work: it prepares labs, listens to signals, and tells.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Failure;
use super::select::{Judged, option};
use crate::lab::{Accel, Boots, Inventory, LabSpec};
use crate::plan::OCF_ROOT;
use crate::report::{Event, RunStart};
use crate::suite::{self, Crew};

/// Set to end every case at its next wait: by a signal, by `--fail-fast`, or because nothing can be told any more.
pub(super) static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Set by Ctrl-C, SIGTERM or SIGHUP, and by nothing else.
pub(super) static SIGNALLED: AtomicBool = AtomicBool::new(false);

/// How long the witness guest may take to boot: under TCG it needs a few tenths of a second.
pub(super) const BOOT_PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn number_of_labs(asked: &str) -> Result<NonZeroUsize, &'static str> {
    asked
        .parse()
        .map_err(|_| "it takes at least 1 lab to run cases, written as a number")
}

/// A seed, as `--seed` takes it.
pub(super) fn seed(asked: &str) -> Result<u64, &'static str> {
    asked
        .parse()
        .map_err(|_| "a seed is a whole number of at most 19 digits")
}

/// On a terminal: says what the first seconds go to, in which nothing else is seen.
pub(super) fn be_patient() {
    let mut err = std::io::stderr();
    if err.is_terminal() && std::io::stdout().is_terminal() {
        let _ = writeln!(err, "building a lab, and asking the agent what it can do");
    }
}

/// What is to run the guests' processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Wanted {
    /// KVM where a guest has been seen to run under it, else TCG
    #[default]
    Auto,
    Kvm,
    Tcg,
}

impl Wanted {
    /// The option that asks for the same again, if it is not the usual one.
    pub(super) fn option(self) -> Option<String> {
        match self {
            Self::Auto => None,
            Self::Kvm => Some(option("accel", "kvm")),
            Self::Tcg => Some(option("accel", "tcg")),
        }
    }

    const fn accel(self) -> Option<Accel> {
        match self {
            Self::Auto => None,
            Self::Kvm => Some(Accel::Kvm),
            Self::Tcg => Some(Accel::Tcg),
        }
    }
}

/// A lab in which the agent is found, wherever it lies; on those machines, if there are any.
///
/// # Errors
/// When KVM is wanted here and no guest runs under it.
pub(super) fn lab_for(
    judged: &Judged,
    machines: Option<Inventory>,
    wanted: Wanted,
) -> Result<LabSpec, Failure> {
    let agent = &judged.agent.path;
    if machines.is_some() {
        let installed = agent.starts_with(OCF_ROOT);
        return Ok(LabSpec {
            machines,
            wanted: wanted.accel(),
            bring: (!installed).then(|| agent.clone()).into_iter().collect(),
            ..LabSpec::default()
        });
    }
    let packages = judged.packages.as_ref();
    let spec = LabSpec {
        accel: accelerator(wanted)?,
        packages: packages.map(|all| all.root().to_owned()),
        ..LabSpec::default()
    };
    // Beside this program lies the bundled agent, around which others may be wrapped.
    let beside = spec.program.parent().map(std::path::Path::to_owned);
    let spec = beside
        .into_iter()
        .fold(spec, |spec, folder| spec.showing(&folder));
    Ok(spec.showing(&judged.agent.path))
}

/// Tells every listener that it begins, does it, and tells that it is over.
pub(super) fn conduct(start: RunStart, crew: &Crew, act: impl FnOnce()) {
    let began = Instant::now();
    crew.tell(Event::RunStarted(RunStart {
        agent: crew.agent.to_string(),
        package: crew.package.clone(),
        profile: crew.profile.name.clone(),
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
    let interrupted = || SIGNALLED.load(Ordering::Relaxed);
    while !over.load(Ordering::Relaxed) && !interrupted() {
        thread::sleep(Duration::from_millis(20));
    }
    if interrupted() {
        crew.tell(Event::Interrupted);
    }
}

/// Which labs there are, and what they run, when those are the facts of one of them.
pub(super) fn labs(jobs: usize, mut facts: BTreeMap<String, String>) -> RunStart {
    // These are told of every case.
    facts.remove("accelerator");
    let pace = facts.remove("pace");
    let kind = if facts.is_empty() { "local " } else { "" };
    let lab = match jobs {
        1 => format!("1 {kind}lab"),
        many => format!("{many} {kind}labs"),
    };
    let mut versions = match facts.is_empty() {
        true => versions(),
        false => facts,
    };
    let own = env!("CARGO_PKG_VERSION").to_owned();
    versions.insert("virt-ra-tester".to_owned(), own);
    let on = if kind.is_empty() {
        " on other machines"
    } else {
        ""
    };
    RunStart {
        lab: match pace {
            Some(pace) => format!("{lab}{on}, which is {pace} times slower than usual"),
            None => format!("{lab}{on}"),
        },
        versions,
        ..RunStart::default()
    }
}

/// The versions of what local labs are made of.
fn versions() -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
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

/// What runs the guests' processors here: KVM only where a guest has been seen to run under it.
fn accelerator(wanted: Wanted) -> Result<Accel, Failure> {
    if wanted == Wanted::Tcg {
        return Ok(Accel::Tcg);
    }
    match (Boots::measure(BOOT_PATIENCE).best(), wanted) {
        (Accel::Tcg, Wanted::Kvm) => Err(Failure::inconclusive(
            "the witness guest does not run under KVM here; `virt-ra-tester doctor` says more, and `--accel tcg` does without",
        )),
        (best, _) => Ok(best),
    }
}

/// How many labs there are side by side. Other machines carry one, for how strong they are is not known.
pub(super) fn jobs(asked: Option<NonZeroUsize>, here: bool) -> usize {
    let usual = || if here { suite::labs() } else { 1 };
    asked.map_or_else(usual, NonZeroUsize::get)
}

/// A signal so soon after the first is the same one, come by another way: from the terminal and from a parent, say.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// Lets Ctrl-C and SIGTERM end the run at the next wait. A later second one ends it at once, where a machine that boots
/// is waited for, say: the labs end with this process in any case, whatever kills it.
pub(super) fn listen() -> Result<(), Failure> {
    let mut first = None;
    let heard = move || {
        let before = *first.get_or_insert_with(Instant::now);
        if before.elapsed() > SAME_SIGNAL {
            // Nobody else can end threads that wait for a machine or a tool.
            let _ = kill(Pid::this(), Signal::SIGKILL);
        }
        SIGNALLED.store(true, Ordering::Relaxed);
        INTERRUPTED.store(true, Ordering::Relaxed);
    };
    ctrlc::set_handler(heard)
        .map_err(|error| Failure::inconclusive(format!("signals cannot be caught: {error}")))
}
