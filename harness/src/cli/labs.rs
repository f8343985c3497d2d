//! The labs that a command runs its cases in: its options, and what happens before the first case.

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::conduct::listen;
use super::failure::Failure;
use super::identify::{self, Told};
use super::lab_target::LabTarget;
use super::metadata::{self, Asked};
use super::select::{Judged, option};
use crate::history::NodeName;
use crate::lab::{self, Accel, Boots, Inventory, LabPool, LabSpec, Lacks, LaidOver};
use crate::log;
use crate::ocf::OCF_ROOT;
use crate::plan::{Agent, Need};
use crate::report::{Host, Identity, Results, RunStart, Subject};
use crate::suite;

/// How long the witness guest may take to boot: under TCG it needs a few tenths of a second.
pub(super) const BOOT_PATIENCE: Duration = Duration::from_secs(3);

/// Options that choose the labs.
#[derive(Clone, Debug, Args)]
pub(super) struct Labs {
    /// Where cases run: `local`, `vagrant`, or `ssh:INVENTORY` for the machines of an inventory file
    #[arg(long, value_name = "LAB", default_value = "local")]
    lab: LabTarget,
    /// How guests run: under KVM, or under TCG, which is QEMU's emulation
    #[arg(long, value_enum, default_value = "auto")]
    accel: Wanted,
    /// Number of labs side by side; defaults to four per processor, up to ten while it is idle, and to one for each two
    /// other machines
    #[arg(long, value_name = "N", value_parser = number_of_labs)]
    jobs: Option<NonZeroUsize>,
}

/// Labs that cases can run in, and what is known of them.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) pool: LabPool,
    /// How many labs there are at most.
    pub(super) jobs: usize,
    /// What they lack that only some cases need.
    pub(super) lacks: Lacks,
    /// The actions that the agent advertises.
    pub(super) advertised: Vec<String>,
    /// Where the results go.
    pub(super) results: Results,
    /// What reports say of the labs at the start of the run.
    pub(super) start: RunStart,
}

impl Labs {
    /// The options that ask for the same labs again, without those that have their defaults.
    pub(super) fn options(&self) -> impl Iterator<Item = String> {
        self.lab.option().into_iter().chain(self.accel.option())
    }

    /// The same labs, only a few of them where their number is not given: those of a short run.
    pub(super) fn few(&self) -> Self {
        let few = NonZeroUsize::new(suite::labs());
        Self {
            jobs: self.jobs.or(few.filter(|_| self.lab == LabTarget::Local)),
            ..self.clone()
        }
    }

    /// Prepares labs for an agent, and a folder below `root` for the results, which is removed again on an error. The run of
    /// other programs that this one is part of is in its name.
    ///
    /// # Errors
    /// When the inventory is wrong, this machine or the others lack something for a lab, no results can be written, the
    /// lab's nodes do not have the agent, or the agent lacks parameters that it is to be given.
    pub(super) fn prepare(
        &self,
        judged: &mut Judged,
        (root, run): (&Path, Option<&str>),
    ) -> Result<Ready, Failure> {
        suite::allow_files();
        let inventory = self.lab.inventory()?;
        let here = inventory.is_none();
        lab::check(here).map_err(|error| Failure::inconclusive(error.to_string()))?;
        listen()?;
        let results = Results::create_for(root, run);
        let results = results.map_err(|error| Failure::usage(error.to_string()))?;
        let opened = results.open_debug_log().inspect_err(|_| results.withdraw());
        log::write_to(opened.map_err(|error| Failure::usage(error.to_string()))?);
        announce_preparation();
        let told = identify::ask(judged.file());
        // As many labs on other machines as they make, since their strength is not known.
        let made = inventory.as_ref().map(Inventory::labs);
        let (usual, jobs) = match (self.jobs.map(NonZeroUsize::get), made) {
            (Some(jobs), _) => (jobs, jobs),
            (None, Some(made)) => (made, made),
            (None, None) => (suite::labs(), suite::most_labs()),
        };
        let at_first = made.map_or(1, |made| made.min(jobs));
        let asked = || -> Result<_, Failure> {
            let pool = LabPool::elastic(usual, jobs, self.spec(judged, inventory)?);
            let asked = metadata::ask(&pool, at_first, judged)?;
            Ok((pool, asked))
        };
        let fitting = asked().and_then(|(pool, asked)| {
            judged.fit(asked.parameters.as_deref())?;
            Ok((pool, asked))
        });
        let (pool, asked) = fitting.inspect_err(|_| results.withdraw())?;
        tell_missed(&asked.missed);
        let told = told.join().unwrap_or_default();
        Ok(Ready {
            pool,
            jobs,
            results,
            start: start(usual, jobs, &asked, told),
            lacks: asked.lacks,
            advertised: asked.advertised,
        })
    }

    /// A lab that shows the agent; on those machines, if there are any.
    fn spec(&self, judged: &Judged, machines: Option<Inventory>) -> Result<LabSpec, Failure> {
        let folders = &judged.described.laid_over;
        if machines.is_some() && !folders.is_empty() {
            return Err(Failure::usage(
                "the profile has folders of this machine, which only local labs can show: run with `--lab local`",
            ));
        }
        let engine = judged.profile().engine();
        if machines.is_some() && !engine.migrates_live() {
            let why = match engine.containers() {
                Some(_) => "runs containers, which only the nodes of local labs have cgroups for",
                None => "keeps frozen guests in a folder that only the nodes of local labs share",
            };
            let engine = engine.word();
            let message = format!("the engine `{engine}` {why}: run with `--lab local`");
            return Err(Failure::usage(message));
        }
        let spec = LabSpec {
            equipment: judged.profile().lab_equipment(),
            ..showing_agent(judged, machines)
        };
        Ok(match spec.machines {
            Some(_) => LabSpec {
                wanted: self.accel.accel(),
                ..spec
            },
            None => LabSpec {
                accel: self.accel.here()?,
                ..spec
            },
        })
    }
}

/// One lab of this machine, with those folders, in which an agent can be asked for its metadata.
///
/// # Errors
/// When this machine lacks something for a lab.
pub(super) fn to_ask(agent: &Agent, laid_over: &[LaidOver]) -> Result<LabPool, Failure> {
    suite::allow_files();
    lab::check(true).map_err(|error| Failure::inconclusive(error.to_string()))?;
    listen()?;
    let spec = LabSpec {
        laid_over: laid_over.to_vec(),
        ..LabSpec::default()
    };
    let spec = showing(&agent.path, None, spec);
    Ok(LabPool::new(1, spec))
}

/// A lab that shows the agent; on those machines, if there are any.
pub(super) fn showing_agent(judged: &Judged, machines: Option<Inventory>) -> LabSpec {
    let spec = LabSpec {
        packages: judged.packages.as_ref().map(|all| all.root().to_owned()),
        laid_over: judged.described.laid_over.clone(),
        ..LabSpec::default()
    };
    showing(&judged.agent.path, machines, spec)
}

fn showing(agent: &Path, machines: Option<Inventory>, spec: LabSpec) -> LabSpec {
    if machines.is_some() {
        let installed = agent.starts_with(OCF_ROOT);
        return LabSpec {
            machines,
            bring: (!installed).then(|| agent.to_owned()).into_iter().collect(),
            ..spec
        };
    }
    // Beside this program lies the bundled agent, around which others may be wrapped.
    let beside = spec.program.parent().map(Path::to_owned);
    let spec = beside
        .into_iter()
        .fold(spec, |spec, folder| spec.showing(&folder));
    // A script may look for its neighbours where a link to it leads.
    let real = agent.canonicalize().unwrap_or_else(|_| agent.to_owned());
    let spec = match real == *agent {
        true => spec,
        false => spec.showing_with_neighbours(&real),
    };
    spec.showing_with_neighbours(agent)
}

fn number_of_labs(asked: &str) -> Result<NonZeroUsize, &'static str> {
    asked
        .parse()
        .map_err(|_| "expected a whole number, at least 1")
}

/// Says on a terminal what takes the first seconds.
fn announce_preparation() {
    let mut err = std::io::stderr();
    if err.is_terminal() && std::io::stdout().is_terminal() {
        let _ = writeln!(err, "building a lab and reading the agent's metadata");
    }
}

/// Says what the agent needs and the nodes have not, and what mends that.
fn tell_missed(missed: &[Need]) {
    let mut err = std::io::stderr().lock();
    for need in missed {
        let _ = writeln!(err, "note: {need}");
    }
}

/// The accelerator that the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// KVM if a test guest runs under it, otherwise TCG
    #[default]
    Auto,
    /// The kernel's virtualization
    Kvm,
    /// QEMU's emulation: slower, but works everywhere
    Tcg,
}

impl Wanted {
    /// The option that asks for the same accelerator, unless it is the default.
    fn option(self) -> Option<String> {
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

    /// The accelerator on this machine: KVM only if a test guest runs under it.
    ///
    /// # Errors
    /// When KVM is asked for and no guest runs under it.
    fn here(self) -> Result<Accel, Failure> {
        if self == Self::Tcg {
            return Ok(Accel::Tcg);
        }
        match (Boots::measure(BOOT_PATIENCE).best(), self) {
            (Accel::Tcg, Self::Kvm) => Err(Failure::inconclusive(
                "the witness guest does not run under KVM here; see `virt-ra-tester doctor`, or use `--accel tcg`",
            )),
            (best, _) => Ok(best),
        }
    }
}

/// What reports say of the labs, of this machine and of the agent.
fn start(usual: usize, jobs: usize, asked: &Asked, told: Told) -> RunStart {
    let facts = &asked.lab;
    let is_local = facts.machines.is_empty();
    let identity = Box::new(identity(asked, &told));
    let (kind, on) = match is_local {
        true => ("local ", ""),
        false => ("", " on other machines"),
    };
    let mut lab = match jobs {
        1 => format!("1 {kind}lab{on}"),
        many if many > usual => format!("up to {many} {kind}labs{on}"),
        many => format!("{many} {kind}labs{on}"),
    };
    let machine = |(node, what): (&NodeName, &String)| (format!("node {node}"), what.clone());
    let mut versions = match is_local {
        true => told.versions,
        false => facts.machines.iter().map(machine).collect(),
    };
    let own = env!("CARGO_PKG_VERSION").to_owned();
    versions.insert("virt-ra-tester".to_owned(), own);
    if facts.pace > 1 {
        lab += &format!(", {} times slower than usual", facts.pace);
    }
    if !facts.inherited.is_empty() {
        let inherited = facts.inherited.join(" and ");
        lab += &format!(", in which agents have {inherited}, which this user may not change");
    }
    RunStart {
        lab,
        versions,
        identity,
        ..RunStart::default()
    }
}

/// What is known of the machine and the agent before anything is chosen.
fn identity(asked: &Asked, told: &Told) -> Identity {
    let is_local = asked.lab.machines.is_empty();
    let here = |fact: &Option<String>| fact.clone().filter(|_| is_local);
    let subject = asked.subject.clone();
    let sha256 = subject.sha256.clone().or_else(|| here(&told.sha256));
    Identity {
        host: Host {
            accelerator: asked.lab.accelerator.clone().unwrap_or_default(),
            ..told.host.clone()
        },
        subject: Subject {
            package: here(&told.owner),
            sha256,
            ..subject
        },
        ..Identity::default()
    }
}
