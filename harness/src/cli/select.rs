//! What several subcommands share: the suite, the agent and its profile, found by what the user typed.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure};
use crate::case::{CaseError, Suite, load_suite};
use crate::package::Packages;
use crate::plan::{Agent, Baseline, Profile, Selection};
use crate::words::quoted;

/// The bundled reference agent's file, next to this program or one folder above.
const REFERENCE: &str = "virt-reference-agent";

/// Where the cases come from.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// Folder of cases, or one file; the suite that this program was built with by default
    #[arg(long, value_name = "DIR|FILE")]
    cases: Option<PathBuf>,
}

impl Source {
    /// The option that names the same cases again, if one was given.
    pub(super) fn option(&self) -> Option<String> {
        let folder = self.cases.as_ref()?;
        Some(option("cases", &folder.to_string_lossy()))
    }

    /// The suite.
    pub(super) fn suite(&self) -> Result<Suite, Failure> {
        match &self.cases {
            Some(folder) => load_suite(folder),
            None => Suite::shipped(),
        }
        .map_err(|errors| Failure::usage(render_all(&errors)))
    }
}

/// Which deviations are known beside those of the profile.
#[derive(Debug, Args)]
pub(super) struct KnownDeviations {
    /// File of known deviations, which count as those of the profile do; `schema baseline` says how it is written
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl KnownDeviations {
    /// The option that names the same file again, if one was given.
    pub(super) fn option(&self) -> Option<String> {
        let file = self.baseline.as_ref()?;
        Some(option("baseline", &file.to_string_lossy()))
    }

    /// Adds them to those of the profile.
    ///
    /// # Errors
    /// When the file is wrong.
    pub(super) fn add_to(&self, profile: &mut Profile, suite: &Suite) -> Result<(), Failure> {
        let Some(file) = &self.baseline else {
            return Ok(());
        };
        let baseline = Baseline::read(file, suite).map_err(|error| wrong(&error))?;
        profile.deviations.extend(baseline.deviations);
        Ok(())
    }
}

/// Every filter has to fit a case: one that does not is a slip.
pub(super) fn every_filter_fits(suite: &Suite, filters: &[String]) -> Result<(), Failure> {
    let fits = |filter: &[String]| {
        let one = Selection {
            filters: filter.to_vec(),
            ..Selection::default()
        };
        suite.cases.iter().any(|case| one.asks_for(case))
    };
    let slip = filters.chunks(1).find(|filter| !fits(filter));
    slip.map_or(Ok(()), |slip| {
        let filter = slip.concat();
        Err(Failure {
            exit: Exit::NothingSelected,
            message: format!(
                "no case fits `{filter}`; `virt-ra-tester list` shows the cases and their levels"
            ),
        })
    })
}

/// All errors, one after the other, as a person reads them.
pub(super) fn render_all(errors: &[CaseError]) -> String {
    if let [CaseError::Unreadable { .. } | CaseError::NoCases { .. }] = errors {
        return super::render(&errors[0]);
    }
    let count = match errors.len() {
        1 => "1 mistake in the cases".to_owned(),
        many => format!("{many} mistakes in the cases"),
    };
    let texts: Vec<String> = errors.iter().map(|error| super::graphical(error)).collect();
    format!("{count}\n{}", texts.join("\n"))
}

/// Who is judged.
#[derive(Debug, Args)]
pub(super) struct Candidate {
    /// `ocf:PROVIDER:TYPE` or a path; the bundled reference agent by default
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// Judge the agent of a package that is not installed: a .deb, an .rpm, or the folder of an unpacked one; given more
    /// than once, they are laid over each other
    #[arg(long = "agent-package", value_name = "FILE|DIR")]
    packages: Vec<PathBuf>,
    /// A built-in profile's name or a file; found by the agent's name by default
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// A parameter of the agent that is always set; may be given more than once
    #[arg(long = "param", value_name = "K=V")]
    params: Vec<String>,
}

/// Who was found to be judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) agent: Agent,
    /// How it is spoken to.
    pub(super) profile: Profile,
    /// What it was unpacked from; it has to outlive the labs.
    pub(super) packages: Option<Packages>,
}

impl Judged {
    /// The packages' names and versions.
    pub(super) fn package(&self) -> Option<String> {
        self.packages.as_ref().map(|all| all.label().to_owned())
    }
}

impl Candidate {
    /// The agent and how it is spoken to.
    pub(super) fn find(&self) -> Result<Judged, Failure> {
        let packages = match self.packages.as_slice() {
            [] => None,
            some => Some(Packages::unpack(some).map_err(|error| wrong(&error))?),
        };
        let agent = match (&packages, &self.agent) {
            (Some(packages), asked) => packages
                .agent(asked.as_deref())
                .map_err(|error| wrong(&error))?,
            (None, Some(asked)) => Agent::find(asked).map_err(|error| wrong(&error))?,
            (None, None) => Agent::find(&reference()?).map_err(|error| wrong(&error))?,
        };
        let profile = match &self.profile {
            Some(asked) => Profile::named(asked),
            None => Profile::of(&agent),
        };
        let mut profile = profile.map_err(|error| wrong(&error))?;
        for param in &self.params {
            let (name, value) = parameter(param)?;
            profile.set.insert(name.to_owned(), value.to_owned());
        }
        Ok(Judged {
            agent,
            profile,
            packages,
        })
    }
}

fn wrong(error: &dyn miette::Diagnostic) -> Failure {
    Failure::usage(super::render(error))
}

/// A parameter's name and value, as `--param` takes them.
fn parameter(asked: &str) -> Result<(&str, &str), Failure> {
    let wrong = |what: &str| {
        Failure::usage(format!(
            "`--param {asked}` has no {what}; write `--param NAME=VALUE`"
        ))
    };
    match asked.split_once('=') {
        None => Err(wrong("`=`")),
        Some(("", _)) => Err(wrong("name before the `=`")),
        Some(parts) => Ok(parts),
    }
}

impl Candidate {
    /// The command that judges the same agent again, without the cases' names.
    pub(super) fn again(&self) -> String {
        let agent = self.agent.iter().map(|agent| option("agent", agent));
        let packages = self.packages.iter();
        let packages = packages.map(|package| option("agent-package", &package.to_string_lossy()));
        let profile = self
            .profile
            .iter()
            .map(|profile| option("profile", profile));
        let params = self.params.iter().map(|param| option("param", param));
        let options: String = packages.chain(agent).chain(profile).chain(params).collect();
        format!("virt-ra-tester run{options}")
    }
}

/// An option as the shell takes it back, with a blank before it.
pub(super) fn option(name: &str, value: &str) -> String {
    format!(" --{name} {}", quoted(value))
}

fn reference() -> Result<String, Failure> {
    let own = std::env::current_exe()?;
    let folder = own.parent().unwrap_or(&own);
    let places = [folder.join(REFERENCE), folder.join("..").join(REFERENCE)];
    let found = places.iter().find(|place| place.is_file());
    found.map(|place| place.display().to_string()).ok_or_else(|| {
        Failure::usage(format!(
            "the reference agent is not built: {} is not there; `cargo build -p {REFERENCE}`, or name an \
             agent with --agent",
            places[0].display()
        ))
    })
}
