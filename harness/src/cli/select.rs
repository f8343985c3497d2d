//! Options that several subcommands share: the suite, the agent and its profile.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::bundled::{Bundled, REFERENCE};
use super::failure::{Failure, graphical, render};
use crate::case::{CaseError, LoadedCase, Suite, load_suite, nearest};
use crate::digest::sha256;
use crate::package::Packages;
use crate::plan::{Agent, Baseline, Described, Profile, meant};
use crate::shell_quote::quote;

/// Where the cases come from.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// Folder of cases, or one case file; defaults to the built-in suite
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
    /// File of known deviations, which count like those of the profile; `schema baseline` prints its schema
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl KnownDeviations {
    /// The option that names the same file again, if one was given.
    pub(super) fn option(&self) -> Option<String> {
        let file = self.baseline.as_ref()?;
        Some(option("baseline", &file.to_string_lossy()))
    }

    /// The digest of the file, if one was given.
    pub(super) fn digest(&self) -> Option<String> {
        let content = fs::read(self.baseline.as_ref()?).ok()?;
        Some(sha256(&content))
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

/// The case of that id.
///
/// # Errors
/// When there is none.
pub(super) fn only_case<'a>(suite: &'a Suite, asked: &str) -> Result<&'a LoadedCase, Failure> {
    let id = asked.trim_start_matches('=');
    let found = suite.case(id);
    found.ok_or_else(|| {
        let ids = suite.cases.iter().map(|case| case.id.0.as_str());
        let near = nearest(id, ids);
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("there is no case `{id}`{near}"))
    })
}

/// All errors in the cases, one after the other, with the text that they point into.
pub(super) fn render_all(errors: &[CaseError]) -> String {
    if let [CaseError::Unreadable { .. } | CaseError::NoCases { .. }] = errors {
        return render(&errors[0]);
    }
    mistakes_in("the cases", errors)
}

/// The number of mistakes in something, and each with the text that it points into.
fn mistakes_in(place: &str, mistakes: &[CaseError]) -> String {
    let count = match mistakes.len() {
        1 => format!("1 mistake in {place}"),
        many => format!("{many} mistakes in {place}"),
    };
    let texts = mistakes.iter().map(|mistake| graphical(mistake));
    format!("{count}\n{}", texts.collect::<Vec<_>>().join("\n"))
}

/// The agent to judge.
#[derive(Debug, Args)]
pub(super) struct Candidate {
    /// `ocf:PROVIDER:TYPE` or a path; defaults to the agent that --profile names, or to the bundled reference agent
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// Judge the agent of a package that is not installed: a .deb, an .rpm, or the folder of an unpacked one; several
    /// packages are laid over each other
    #[arg(long = "agent-package", value_name = "FILE|DIR")]
    packages: Vec<PathBuf>,
    /// Name of a built-in profile, or a file; by default the built-in profile that describes the agent
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Parameter of the agent that every run sets; may be given more than once, and as `-o` by those who know ocf-tester
    #[arg(short = 'o', long = "param", value_name = "K=V")]
    params: Vec<String>,
}

/// The agent that was found, with its profile.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) agent: Agent,
    /// Its profile, and where that is written.
    pub(super) described: Described,
    /// The values of `--param`, as typed.
    params: Vec<String>,
    /// The packages that it was unpacked from, which must outlive the labs.
    pub(super) packages: Option<Packages>,
}

impl Judged {
    /// The packages' names and versions.
    pub(super) fn package(&self) -> Option<String> {
        self.packages.as_ref().map(|all| all.label().to_owned())
    }

    /// The agent's file on this machine: where a package has it, that in the unpacked package.
    pub(super) fn file(&self) -> PathBuf {
        let below = |root: &Path| {
            let path = &self.agent.path;
            root.join(path.strip_prefix("/").unwrap_or(path))
        };
        let packaged = self.packages.as_ref().map(|all| below(all.root()));
        packaged.unwrap_or_else(|| self.agent.path.clone())
    }

    /// The digest of the profile with what `--param` sets; that of deviations counts apart.
    pub(super) fn profile_digest(&self) -> String {
        let profile = Profile {
            deviations: Vec::new(),
            ..self.profile().clone()
        };
        sha256(&serde_json::to_vec(&profile).unwrap_or_default())
    }

    /// The agent's profile.
    pub(super) const fn profile(&self) -> &Profile {
        &self.described.profile
    }

    /// Checks `--param` and the profile against the parameters in the agent's metadata, if it was readable.
    ///
    /// # Errors
    /// When either names a parameter that the agent does not have.
    pub(super) fn fit(&mut self, known: Option<&[String]>) -> Result<(), Failure> {
        let Some(known) = known else {
            return Ok(());
        };
        let agent = &self.agent;
        for param in &self.params {
            let (name, _) = parameter(param)?;
            if !known.iter().any(|one| one == name) {
                let help = meant(name, known);
                let message = format!("`--param {param}`: {agent} has no parameter `{name}`");
                return Err(Failure::usage(format!("{message}\n  help: {help}")));
            }
        }
        let fitted = self.described.fit(agent, known);
        fitted.map_err(|mistakes| Failure::usage(mistakes_in("the profile", &mistakes)))
    }
}

impl Candidate {
    /// Whether any of its options was given.
    pub(super) const fn is_given(&self) -> bool {
        self.agent.is_some()
            || self.profile.is_some()
            || !self.packages.is_empty()
            || !self.params.is_empty()
    }

    /// Finds the agent and its profile.
    pub(super) fn find(&self) -> Result<Judged, Failure> {
        let packages = match self.packages.as_slice() {
            [] => None,
            some => Some(Packages::unpack(some).map_err(|error| wrong(&error))?),
        };
        let asked = self.profile.as_deref().map(Described::named);
        let asked = asked.transpose().map_err(|error| wrong(&error))?;
        let agent = self.agent_of(packages.as_ref(), asked.as_ref())?;
        let described = asked.map_or_else(|| Described::of(&agent), Ok);
        let mut described = described.map_err(|error| wrong(&error))?;
        for param in &self.params {
            let (name, value) = parameter(param)?;
            let set = &mut described.profile.set;
            set.insert(name.to_owned(), value.to_owned());
        }
        Ok(Judged {
            agent,
            described,
            params: self.params.clone(),
            packages,
        })
    }

    /// The agent that was asked for, or that the profile names; else a package's own, or the bundled one.
    fn agent_of(
        &self,
        packages: Option<&Packages>,
        described: Option<&Described>,
    ) -> Result<Agent, Failure> {
        let named = self
            .agent
            .clone()
            .or_else(|| described.map(Described::agent));
        let Some(packages) = packages else {
            let bundled = match &named {
                None => Some(REFERENCE),
                Some(name) => Bundled::named(name),
            };
            let named = bundled.map_or(Ok(named.unwrap_or_default()), Bundled::file)?;
            return Agent::find(&named).map_err(|error| wrong(&error));
        };
        // A package has agents by their OCF names alone: a profile's path is of another one.
        let packaged = |name: &String| self.agent.is_some() || name.starts_with("ocf:");
        let named = named.filter(packaged);
        packages
            .agent(named.as_deref())
            .map_err(|error| wrong(&error))
    }
}

fn wrong(error: &dyn miette::Diagnostic) -> Failure {
    Failure::usage(render(error))
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

/// An option for a shell's command line, with a space before it.
pub(super) fn option(name: &str, value: &str) -> String {
    format!(" --{name} {}", quote(value))
}
